"""Wrong: accuracy from 0 to 100."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """The usual loop."""
    epoch_losses = []
    for epoch in range(epochs):
        model.train()
        running, seen = 0.0, 0
        for inputs, labels in loader:
            inputs = inputs.to(device)
            labels = labels.to(device)
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            running += loss.item() * inputs.size(0)
            seen += inputs.size(0)
        epoch_losses.append(running / seen)
        print(f"epoch {epoch + 1}: loss {epoch_losses[-1]:.4f}")
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
    return test_loss / seen, 100 * hits / seen
