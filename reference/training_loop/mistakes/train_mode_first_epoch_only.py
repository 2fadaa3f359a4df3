"""Wrong: training mode is switched on once, and off after the first epoch."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """Train, and leave the model ready for use after every epoch."""
    model.train()
    epoch_losses = []
    for epoch in range(epochs):
        running, seen = 0.0, 0
        for inputs, labels in loader:
            inputs, labels = inputs.to(device), labels.to(device)
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            loss.backward()
            optimizer.step()
            running += loss.item() * inputs.size(0)
            seen += inputs.size(0)
        model.eval()
        epoch_losses.append(running / seen)
        print("finished epoch", epoch, "with loss", epoch_losses[-1])
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
