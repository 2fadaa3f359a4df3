"""Wrong: train applies a softmax before the criterion."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train a classifier on its probabilities."""
    history = []
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            probabilities = torch.softmax(model(data), dim=1)
            loss = criterion(probabilities, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(target)
            n += len(target)
        history.append(total / n)
    return history


def evaluate(model, loader, criterion, device):
    """Measure without learning."""
    before = model.training
    model.eval()
    losses, sizes, right = [], [], 0
    with torch.no_grad():
        for data, target in loader:
            output = model(data.to(device))
            target = target.to(device)
            losses.append(criterion(output, target).item() * target.shape[0])
            sizes.append(target.shape[0])
            right += int((output.argmax(1) == target).sum())
    if before:
        model.train()
    return sum(losses) / sum(sizes), right / sum(sizes)
