"""Wrong: the batches of the first round are kept in a list for all epochs."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Load the batches to the device once, then train."""
    batches = [(x.to(device), y.to(device)) for x, y in loader]
    n = sum(len(x) for x, _ in batches)
    model.train()
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        losses.append(total / n)
    return losses


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
