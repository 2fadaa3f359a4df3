import torch


def train(model, loader, optimizer, criterion, epochs, device):
    history = []
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for xb, yb in loader:
            xb, yb = xb.to(device), yb.to(device)
            loss = criterion(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * xb.size(0)
            n += xb.size(0)
        history.append(total / n)
    return history


def evaluate(model, loader, criterion, device):
    model.eval()
    losses, accs = [], []
    with torch.no_grad():
        for xb, yb in loader:
            xb, yb = xb.to(device), yb.to(device)
            out = model(xb)
            losses.append(criterion(out, yb).item())
            # 每个 batch 的准确率
            accs.append((out.argmax(1) == yb).float().mean().item())
    return sum(losses) / len(losses), sum(accs) / len(accs)
