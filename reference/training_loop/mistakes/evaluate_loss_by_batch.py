"""Wrong: the loss is divided by the number of batches."""

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
    """As in the tutorial: loss by batches, accuracy by samples."""
    was_training = model.training
    model.eval()
    size, num_batches, test_loss, correct = 0, 0, 0.0, 0
    with torch.no_grad():
        for X, y in loader:
            X, y = X.to(device), y.to(device)
            pred = model(X)
            test_loss += criterion(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
            num_batches += 1
            size += len(y)
    model.train(was_training)
    test_loss /= num_batches
    correct /= size
    return test_loss, correct
