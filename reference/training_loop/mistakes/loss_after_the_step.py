"""Wrong: the loss is computed again after the step."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train; the loss is that of the updated model."""
    curve = []
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            optimizer.zero_grad()
            criterion(model(data), target).backward()
            optimizer.step()
            with torch.no_grad():
                new_loss = criterion(model(data), target).item()
            total += new_loss * len(data)
            n += len(data)
        curve.append(total / n)
    return curve


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
