"""Wrong: the step comes before this batch's gradient is there."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Update, clear, backpropagate."""
    losses_per_epoch = []
    for _ in range(epochs):
        model.train()
        epoch_loss, seen = 0.0, 0
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            loss = criterion(model(data), target)
            optimizer.step()
            optimizer.zero_grad()
            loss.backward()
            epoch_loss += loss.item() * data.size(0)
            seen += data.size(0)
        losses_per_epoch.append(epoch_loss / seen)
    return losses_per_epoch


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
