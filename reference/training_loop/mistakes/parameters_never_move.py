"""Wrong: the gradients are cleared between backward and step."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Forward, backward, update."""
    history = []
    for _ in range(epochs):
        model.train()
        loss_sum = 0.0
        samples = 0
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            output = model(data)
            loss = criterion(output, target)
            loss.backward()
            # clear the old gradients before the update
            optimizer.zero_grad()
            optimizer.step()
            loss_sum += loss.item() * data.shape[0]
            samples += data.shape[0]
        history.append(loss_sum / samples)
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
