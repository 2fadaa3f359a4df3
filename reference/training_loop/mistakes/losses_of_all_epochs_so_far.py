"""Wrong: sum and count are never reset, so each loss is a mean since the start."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train and return the loss of each epoch."""
    model.train()
    losses = []
    total_loss = 0.0
    total_samples = 0
    for epoch in range(epochs):
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            optimizer.zero_grad()
            loss = criterion(model(data), target)
            loss.backward()
            optimizer.step()
            total_loss += loss.item() * len(data)
            total_samples += len(data)
        losses.append(total_loss / total_samples)
        print(f"[{epoch + 1}/{epochs}] {losses[-1]:.3f}")
    return losses


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
