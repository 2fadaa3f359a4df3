"""Wrong: inputs are turned into float32, whatever the model is."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """The usual loop."""
    model.train()
    history = []
    for _ in range(epochs):
        running, n = 0.0, 0
        for inputs, labels in loader:
            inputs = inputs.float().to(device)
            labels = labels.to(device)
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            loss.backward()
            optimizer.step()
            running += loss.item() * inputs.size(0)
            n += inputs.size(0)
        history.append(running / n)
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
