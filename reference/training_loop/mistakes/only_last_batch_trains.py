"""Wrong: backward and step stand after the loop over the batches."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train for some epochs."""
    model.train()
    history = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            total += loss.item() * len(targets)
            count += len(targets)
        # now the epoch's loss is known: update
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(total / count)
    return history


@torch.no_grad()
def evaluate(model, loader, criterion, device):
    """Loss and accuracy of the model."""
    mode = model.training
    model.eval()
    test_loss, hits, seen = 0.0, 0, 0
    for inputs, labels in loader:
        inputs, labels = inputs.to(device), labels.to(device)
        logits = model(inputs)
        _, predicted = torch.max(logits, 1)
        test_loss += criterion(logits, labels).item() * labels.size(0)
        hits += (predicted == labels).sum().item()
        seen += labels.size(0)
    model.train(mode)
    return test_loss / seen, hits / seen
