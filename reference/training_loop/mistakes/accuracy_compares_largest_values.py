"""Wrong: the largest output is compared with the class."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train and return the loss of each epoch."""
    model.train()
    history = []
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            n += len(y)
        history.append(total / n)
    return history


def evaluate(model, loader, criterion, device):
    """Mean loss and accuracy."""
    was_training = model.training
    model.eval()
    total, correct, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            out = model(x)
            pred, _ = torch.max(out, 1)
            total += criterion(out, y).item() * len(y)
            correct += (pred == y).sum().item()
            n += len(y)
    model.train(was_training)
    return total / n, correct / n
