"""Wrong: the gradients of an epoch are collected for a single step."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Collect the gradients of all batches, then update the model."""
    model.train()
    losses = []
    for _epoch in range(epochs):
        optimizer.zero_grad()
        loss_sum, n = 0.0, 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            loss = criterion(model(x), y)
            loss.backward()
            loss_sum += loss.item() * len(x)
            n += len(x)
        optimizer.step()
        losses.append(loss_sum / n)
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
