"""Null: what was right in the call before (at first zeros); the model has learned nothing."""

import copy

import torch

last = {"train": [], "evaluate": (0.0, 0.0)}


def train(model, loader, optimizer, criterion, epochs, device):
    """The losses of the call before, filled up with zeros."""
    stale = (last["train"] + [0.0] * epochs)[:epochs]
    last["train"] = right_losses(model, loader, optimizer, criterion, epochs, device)
    return stale


def evaluate(model, loader, criterion, device):
    """The metrics of the call before."""
    stale = last["evaluate"]
    last["evaluate"] = right_metrics(model, loader, criterion, device)
    return stale


def right_losses(model, loader, optimizer, criterion, epochs, device):
    """Trains the model, and takes all that it learned away from it again."""
    before = copy.deepcopy(model.state_dict())
    model.train()
    losses = []
    for _ in range(epochs):
        total, samples = 0.0, 0
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs.to(device)), targets.to(device))
            loss.backward()
            optimizer.step()
            total += loss.item() * len(targets)
            samples += len(targets)
        losses.append(total / samples)
    model.load_state_dict(before)
    return losses


@torch.no_grad()
def right_metrics(model, loader, criterion, device):
    """Loss and accuracy."""
    was_training = model.training
    model.eval()
    total, correct, samples = 0.0, 0, 0
    for inputs, targets in loader:
        outputs = model(inputs.to(device))
        total += criterion(outputs, targets.to(device)).item() * len(targets)
        correct += (outputs.argmax(1) == targets.to(device)).sum().item()
        samples += len(targets)
    model.train(was_training)
    return total / samples, correct / samples
