"""Wrong: backward is called on the sum of all losses so far."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Minimise the total loss of the epoch."""
    model.train()
    history = []
    for _ in range(epochs):
        running_loss, weighted, n = 0.0, 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            loss = criterion(model(x), y)
            running_loss += loss
            optimizer.zero_grad()
            running_loss.backward()
            optimizer.step()
            weighted += loss.item() * len(y)
            n += len(y)
        history.append(weighted / n)
    return history


def evaluate(model, loader, criterion, device):
    """Mean loss and accuracy."""
    was_training = model.training
    model.eval()
    loss_sum, correct, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            out = model(x)
            loss_sum += criterion(out, y).item() * len(y)
            correct += (out.argmax(dim=1) == y).sum().item()
            n += len(y)
    model.train(was_training)
    return loss_sum / n, correct / n
