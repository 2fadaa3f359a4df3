"""Wrong: the loss of an epoch is that of its last batch."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train; one loss for each epoch."""
    losses = []
    for epoch in range(epochs):
        model.train()
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            optimizer.zero_grad()
            loss = criterion(model(data), target)
            loss.backward()
            optimizer.step()
        print("Epoch", epoch, "loss", loss.item())
        losses.append(loss.item())
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
