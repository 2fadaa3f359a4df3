"""Wrong: the two results are in the wrong order."""

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
    """Measure without learning."""
    before = model.training
    model.eval()
    loss_sum, n, right = 0.0, 0, 0
    with torch.no_grad():
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            output = model(data)
            loss_sum += criterion(output, target).item() * len(target)
            right += (output.argmax(1) == target).sum().item()
            n += len(target)
    model.train(before)
    accuracy = right / n
    loss = loss_sum / n
    return accuracy, loss
