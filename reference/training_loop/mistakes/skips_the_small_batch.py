"""Wrong: a batch smaller than the first is left out."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train on full batches."""
    model.train()
    batch_size = None
    history = []
    for _ in range(epochs):
        total, n = 0.0, 0
        for x, y in loader:
            if batch_size is None:
                batch_size = len(x)
            if len(x) < batch_size:  # incomplete batch
                continue
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
