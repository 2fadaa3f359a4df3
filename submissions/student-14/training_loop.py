from collections.abc import Iterable

import torch
from torch import Tensor, nn, optim


def train(
    model: nn.Module,
    loader: Iterable[tuple[Tensor, Tensor]],
    optimizer: optim.Optimizer,
    criterion,
    epochs: int,
    device: str | torch.device,
) -> list[float]:
    """Train and return the loss of each epoch."""
    history: list[float] = []
    for _ in range(epochs):
        model.train()
        batch_losses: list[float] = []
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            optimizer.zero_grad()
            loss: Tensor = criterion(model(inputs), targets)
            loss.backward()
            optimizer.step()
            batch_losses.append(loss.item())
        history.append(sum(batch_losses) / len(batch_losses))
    return history


@torch.no_grad()
def evaluate(
    model: nn.Module,
    loader: Iterable[tuple[Tensor, Tensor]],
    criterion,
    device: str | torch.device,
) -> tuple[float, float]:
    """Mean loss and accuracy."""
    was_training: bool = model.training
    model.eval()
    losses: list[float] = []
    accuracies: list[float] = []
    for inputs, targets in loader:
        inputs, targets = inputs.to(device), targets.to(device)
        outputs: Tensor = model(inputs)
        losses.append(criterion(outputs, targets).item())
        accuracies.append((outputs.argmax(dim=1) == targets).float().mean().item())
    model.train(was_training)
    return sum(losses) / len(losses), sum(accuracies) / len(accuracies)
