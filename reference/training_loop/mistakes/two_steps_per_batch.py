"""Wrong: a helper makes the step, and the loop makes it again."""

import torch


def backpropagate(loss, optimizer):
    """New gradients and the update."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def train(model, loader, optimizer, criterion, epochs, device):
    """The loop over epochs and batches."""
    curve = []
    for _ in range(epochs):
        model.train()
        total, n = 0.0, 0
        for inputs, labels in loader:
            inputs, labels = inputs.to(device), labels.to(device)
            loss = criterion(model(inputs), labels)
            backpropagate(loss, optimizer)
            optimizer.step()
            total += loss.item() * len(labels)
            n += len(labels)
        curve.append(total / n)
    return curve


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
