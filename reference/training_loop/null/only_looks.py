"""Null: measures the losses but never trains."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Losses of the model as it came."""
    return [evaluate(model, loader, criterion, device)[0] for _ in range(epochs)]


def evaluate(model, loader, criterion, device):
    """The mean of the first batch, and no accuracy."""
    with torch.no_grad():
        x, y = next(iter(loader))
        return criterion(model(x.to(device)), y.to(device)).item(), 0.0
