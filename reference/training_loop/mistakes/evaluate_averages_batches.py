"""Wrong: loss and accuracy are means of the batches' means."""

import torch


def train_one_epoch(model, loader, optimizer, criterion, device):
    """One pass over the data."""
    model.train()
    loss_sum, count = 0.0, 0
    for data, target in loader:
        data, target = data.to(device), target.to(device)
        loss = criterion(model(data), target)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        loss_sum += loss.item() * data.shape[0]
        count += data.shape[0]
    return loss_sum / count


def train(model, loader, optimizer, criterion, epochs, device):
    """All epochs."""
    return [train_one_epoch(model, loader, optimizer, criterion, device) for _ in range(epochs)]


def evaluate(model, loader, criterion, device):
    """Average the metrics over the batches."""
    before = model.training
    model.eval()
    losses, accuracies = [], []
    with torch.no_grad():
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            output = model(data)
            losses.append(criterion(output, target).item())
            accuracies.append((output.argmax(1) == target).double().mean().item())
    model.train(before)
    return sum(losses) / len(losses), sum(accuracies) / len(accuracies)
