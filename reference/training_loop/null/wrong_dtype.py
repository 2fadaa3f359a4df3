"""Null: the right losses and metrics as text; the model has learned nothing."""

import copy

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Texts in place of floats."""
    return [str(loss) for loss in right_losses(model, loader, optimizer, criterion, epochs, device)]


def evaluate(model, loader, criterion, device):
    """Texts in place of floats."""
    return tuple(str(number) for number in right_metrics(model, loader, criterion, device))


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
