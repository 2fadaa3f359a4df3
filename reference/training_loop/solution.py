"""Minibatch training and evaluation: the reference.

The method is stochastic gradient descent on minibatches: H. Robbins and S. Monro,
"A stochastic approximation method", 1951; I. Goodfellow, Y. Bengio and A.
Courville, *Deep Learning*, 2016, section 8.1.3 and algorithm 8.1. The order of
the calls (zero_grad, forward, loss, backward, step) is that of the PyTorch
tutorial "Optimizing Model Parameters".

It needs only what the contract promises: the loader is walked through once an
epoch and never asked for its length, the criterion is called and nothing else,
and the optimizer may be of any kind.
"""

from collections.abc import Callable, Iterable

import torch
from torch import nn

Batches = Iterable[tuple[torch.Tensor, torch.Tensor]]
Criterion = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Device = str | torch.device


def train(
    model: nn.Module,
    loader: Batches,
    optimizer: torch.optim.Optimizer,
    criterion: Criterion,
    epochs: int,
    device: Device,
) -> list[float]:
    """Train `model` in place.

    Args:
        model: The model to train; it is on `device` already.
        loader: Batches of inputs and targets, N >= 1 samples each, N may vary.
        optimizer: Holds the parameters of `model`, which have no gradients yet.
        criterion: Gives the mean loss of a batch from (outputs, targets).
        epochs: How often to go through `loader`, at least 1.
        device: Where each batch is moved to.

    Returns:
        The mean training loss per sample of each epoch, as the losses were when
        their batches were trained on.
    """
    return [train_one_epoch(model, loader, optimizer, criterion, device) for _ in range(epochs)]


def train_one_epoch(
    model: nn.Module,
    loader: Batches,
    optimizer: torch.optim.Optimizer,
    criterion: Criterion,
    device: Device,
) -> float:
    """Train on each batch of `loader` once; the mean loss per sample."""
    model.train()  # BatchNorm takes the batch's statistics, Dropout drops
    total, samples = 0.0, 0
    for inputs, targets in loader:
        inputs, targets = inputs.to(device), targets.to(device)
        optimizer.zero_grad()  # backward() adds to .grad: without this, old batches would count again
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(targets)  # mean of the batch x size = sum; .item() lets go of the graph
        samples += len(targets)
    return total / samples


def evaluate(model: nn.Module, loader: Batches, criterion: Criterion, device: Device) -> tuple[float, float]:
    """Measure `model` on the batches of `loader` and leave it as it was.

    Args:
        model: The model, on `device`, in either mode; the mode is the same afterwards.
        loader: Batches of inputs and class indices (N,), N >= 1 samples each.
        criterion: Gives the mean loss of a batch from outputs (N, C) and class indices.
        device: Where each batch is moved to.

    Returns:
        The mean loss per sample, and the share of samples in [0, 1] whose largest
        output is that of the right class.
    """
    was_training = model.training
    model.eval()  # BatchNorm uses (and keeps) its running statistics, Dropout does nothing
    total, correct, samples = 0.0, 0, 0
    with torch.no_grad():
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            outputs = model(inputs)
            total += criterion(outputs, targets).item() * len(targets)
            correct += (outputs.argmax(dim=1) == targets).sum().item()
            samples += len(targets)
    model.train(was_training)
    return total / samples, correct / samples
