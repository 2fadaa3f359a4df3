"""Exercise 5: the training loop."""

import torch


def train(model, loader, optimizer, criterion, epochs, device):
    model.to(device)
    history = []
    for epoch in range(epochs):
        model.train()
        total, count = 0.0, 0
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            # criterion gives the mean of the batch -> weight it by its size
            total += loss.item() * len(inputs)
            count += len(inputs)
        history.append(total / count)
    return history


def evaluate(model, loader, criterion, device):
    was_training = model.training
    model.eval()
    total, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            outputs = model(inputs)
            total += criterion(outputs, targets).item() * len(inputs)
            correct += (outputs.argmax(dim=1) == targets).sum().item()
            count += len(inputs)
    model.train(was_training)
    return total / count, correct / count
