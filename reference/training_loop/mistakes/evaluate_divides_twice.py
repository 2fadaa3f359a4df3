"""Wrong: batch means are added up, then divided by the number of samples."""

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
        test_loss += criterion(logits, labels).item()  # sum up batch loss
        hits += (logits.argmax(1) == labels).sum().item()
        seen += labels.size(0)
    model.train(mode)
    test_loss /= seen
    return test_loss, hits / seen
