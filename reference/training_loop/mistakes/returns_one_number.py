"""Wrong: only the last epoch's loss comes back, as a bare number."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train the model and return its loss."""
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            optimizer.zero_grad()
            loss = criterion(model(data), target)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(target)
            n += len(target)
        epoch_loss = total / n
    return epoch_loss


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
