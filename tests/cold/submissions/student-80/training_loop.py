import torch


def train(model, loader, optimizer, criterion, epochs, device):
    losses = []
    best = float("inf")
    for epoch in range(epochs):
        model.train()
        total, n = 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total += loss.item() * len(y)
            n += len(y)
        losses.append(total / n)
        # early stopping
        if losses[-1] > best:
            break
        best = losses[-1]
    return losses


def evaluate(model, loader, criterion, device):
    model.eval()
    with torch.no_grad():
        outs = [(model(x.to(device)), y.to(device)) for x, y in loader]
    o = torch.cat([a for a, _ in outs])
    t = torch.cat([b for _, b in outs])
    return criterion(o, t).item(), (o.argmax(1) == t).float().mean().item()
