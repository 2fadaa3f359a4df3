"""Right: restores the mode in a finally, remembers it for each submodule, and prints and warns a lot."""

import sys
import time
import warnings
from typing import NamedTuple

import torch


class Metrics(NamedTuple):
    """What evaluate returns."""

    loss: float
    accuracy: float


class Average:
    """A running mean, as many tutorials have it."""

    def __init__(self):
        self.sum = 0.0
        self.count = 0

    def update(self, value, n=1):
        """Count `value` n times."""
        self.sum += value * n
        self.count += n

    @property
    def mean(self):
        """The mean so far."""
        return self.sum / self.count


def train(model, loader, optimizer, criterion, epochs, device):
    """With progress on both streams."""
    warnings.warn("training starts", stacklevel=2)
    start = time.time()
    history = []
    for epoch in range(1, epochs + 1):
        meter = Average()
        for i, (inputs, targets) in enumerate(loader, start=1):
            model.train()
            inputs, targets = inputs.to(device), targets.to(device)
            model.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            meter.update(loss.item(), inputs.size(0))
            print(f"\repoch {epoch}/{epochs} batch {i} loss {meter.mean:.4f}", end="")
        print(f" {time.time() - start:.1f} s", file=sys.stderr)
        history.append(meter.mean)
    return history


def evaluate(model, loader, criterion, device):
    """The mode comes back even when the criterion raises."""
    modes = {module: module.training for module in model.modules()}
    losses, hits = Average(), Average()
    try:
        model.eval()
        with torch.set_grad_enabled(False):
            for inputs, targets in loader:
                inputs, targets = inputs.to(device), targets.to(device)
                outputs = model(inputs)
                losses.update(criterion(outputs, targets).item(), targets.size(0))
                _, predicted = torch.max(outputs.data, 1)
                hits.update((predicted == targets).float().mean().item(), targets.size(0))
    finally:
        for module, mode in modes.items():
            module.training = mode
    return Metrics(losses.mean, hits.mean)
