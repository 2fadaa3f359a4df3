"""Wrong: the sum is never reset, the count is."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """The usual loop."""
    epoch_losses = []
    running_loss = 0.0
    for _ in range(epochs):
        model.train()
        samples = 0
        for inputs, labels in loader:
            inputs, labels = inputs.to(device), labels.to(device)
            loss = criterion(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            running_loss += loss.item() * labels.size(0)
            samples += labels.size(0)
        epoch_losses.append(running_loss / samples)
    return epoch_losses


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
