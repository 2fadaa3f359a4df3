import torch


def probabilities(scores):
    e = torch.exp(scores - scores.max(dim=1, keepdim=True)[0])
    return e / e.sum(dim=1, keepdim=True)


def train(model, loader, optimizer, criterion, epochs, device):
    curve = []
    for _ in range(epochs):
        model.train()
        n, s = 0, 0.0
        for xb, yb in loader:
            xb, yb = xb.to(device), yb.to(device)
            predicted = probabilities(model(xb))
            err = criterion(predicted, yb)
            model.zero_grad()
            err.backward()
            optimizer.step()
            n = n + xb.size(0)
            s = s + xb.size(0) * err.item()
        curve.append(s / n)
    return curve


def evaluate(model, loader, criterion, device):
    flag = model.training
    model.eval()
    n, s, ok = 0, 0.0, 0
    with torch.no_grad():
        for xb, yb in loader:
            xb, yb = xb.to(device), yb.to(device)
            scores = model(xb)
            s = s + xb.size(0) * criterion(scores, yb).item()
            ok = ok + torch.eq(scores.argmax(dim=1), yb).sum().item()
            n = n + xb.size(0)
    model.train(flag)
    return s / n, ok / n
