# HW5 training
import torch

def train(model, loader, optimizer, criterion, epochs, device):
    hist = []
    for ep in range(epochs):
        model.train()
        tot = 0.0
        n = 0
        for xb, yb in loader:
            xb = xb.to(device)
            yb = yb.to(device)
            optimizer.zero_grad()
            pred = model(xb)
            loss = criterion(pred, yb)
            loss.backward()
            optimizer.step()
            tot = tot + loss.item() * xb.size(0)
            n = n + xb.size(0)
        hist.append(tot / n)
    return hist

def evaluate(model, loader, criterion, device):
    old = model.training
    model.eval()
    tot = 0.0
    hits = 0
    n = 0
    with torch.no_grad():
        for xb, yb in loader:
            xb = xb.to(device)
            yb = yb.to(device)
            pred = model(xb)
            tot = tot + criterion(pred, yb).item() * xb.size(0)
            hits = hits + torch.sum(torch.argmax(pred, dim = 1) == yb).item()
            n = n + xb.size(0)
    if old:
        model.train()
    return tot / n, hits / n
