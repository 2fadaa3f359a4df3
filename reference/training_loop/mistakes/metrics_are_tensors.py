"""Wrong: loss and accuracy come back as tensors."""

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
    loss_sum = torch.zeros((), device=device)
    right = torch.zeros((), device=device)
    n = 0
    with torch.no_grad():
        for data, target in loader:
            data, target = data.to(device), target.to(device)
            output = model(data)
            loss_sum += criterion(output, target) * len(target)
            right += (output.argmax(1) == target).sum()
            n += len(target)
    model.train(before)
    return loss_sum / n, right / n
