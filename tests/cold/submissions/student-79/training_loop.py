import torch
from typing import Dict, List


def train(model, loader, optimizer, criterion, epochs, device) -> Dict[str, List[float]]:
    history = {"loss": [], "accuracy": []}
    for epoch in range(epochs):
        model.train()
        lossSum, correct, count = 0.0, 0, 0
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            optimizer.step()
            lossSum += loss.item() * inputs.size(0)
            correct += (outputs.argmax(1) == targets).sum().item()
            count += inputs.size(0)
        history["loss"].append(lossSum / count)
        history["accuracy"].append(correct / count)
    return history


@torch.no_grad()
def evaluate(model, loader, criterion, device):
    wasTraining = model.training
    model.eval()
    lossSum, correct, count = 0.0, 0, 0
    for inputs, targets in loader:
        inputs, targets = inputs.to(device), targets.to(device)
        outputs = model(inputs)
        lossSum += criterion(outputs, targets).item() * inputs.size(0)
        correct += (outputs.argmax(1) == targets).sum().item()
        count += inputs.size(0)
    model.train(wasTraining)
    return lossSum / count, correct / count
