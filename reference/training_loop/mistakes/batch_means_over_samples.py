"""Wrong: batch means are added up, then divided by the number of samples."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train and return the loss per sample of each epoch."""
    model.train()
    history = []
    for _ in range(epochs):
        running_loss, num_samples = 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
            num_samples += x.size(0)
        history.append(running_loss / num_samples)
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
