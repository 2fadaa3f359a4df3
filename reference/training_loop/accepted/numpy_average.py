"""Right: lets NumPy take the weighted mean, and moves the model again."""

import numpy as np
import torch


def train(model, loader, optimizer, criterion, epochs, device):
    """NumPy's float64 is a Python float by inheritance."""
    model.to(device)
    history = []
    for _ in range(epochs):
        model.train(True)
        batch_losses, batch_sizes = [], []
        for inputs, targets in loader:
            inputs = inputs.to(device, non_blocking=True)
            targets = targets.to(device, non_blocking=True)
            optimizer.zero_grad(set_to_none=True)
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            optimizer.step()
            batch_losses.append(loss.detach().cpu().numpy())
            batch_sizes.append(len(inputs))
        history.append(np.average(np.array(batch_losses, dtype=np.float64), weights=batch_sizes))
    return history


def evaluate(model, loader, criterion, device):
    """Collect predictions and labels as arrays."""
    was_training = model.training
    model.to(device).eval()
    losses, sizes, predictions, labels = [], [], [], []
    with torch.no_grad():
        for inputs, targets in loader:
            outputs = model(inputs.to(device))
            losses.append(criterion(outputs, targets.to(device)).item())
            sizes.append(len(targets))
            predictions.append(outputs.argmax(1).cpu().numpy())
            labels.append(targets.cpu().numpy())
    model.train(was_training)
    accuracy = np.mean(np.concatenate(predictions) == np.concatenate(labels))
    return np.average(losses, weights=sizes), accuracy
