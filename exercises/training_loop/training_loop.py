"""Training loop: train a model on batches, and measure how good it is.

Fill in `train` and `evaluate`. The handout (README.md) has the idea, an example
by hand and the exact contract. Check your work with `grader check training_loop`.
"""

from collections.abc import Callable, Iterable

import torch
from torch import nn


def train(
    model: nn.Module,
    loader: Iterable[tuple[torch.Tensor, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    epochs: int,
    device: str | torch.device,
) -> list[float]:
    """Train `model` in place.

    Args:
        model: the model, on `device` already; it may arrive in evaluation mode.
        loader: gives (inputs, targets) batches on the CPU; the last may be smaller.
        optimizer: of the model's parameters; they have no gradients yet.
        criterion: criterion(outputs, targets) is the mean loss of a batch, a scalar tensor.
        epochs: how many times to go through `loader`, at least 1.
        device: where the model is, and where each batch must go.

    Returns:
        One float for each epoch: the mean training loss per sample.
    """
    raise NotImplementedError("train is yours to write")


def evaluate(
    model: nn.Module,
    loader: Iterable[tuple[torch.Tensor, torch.Tensor]],
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    device: str | torch.device,
) -> tuple[float, float]:
    """Measure `model` without changing it.

    Args:
        model: the model, on `device`, in training mode or in evaluation mode.
        loader: gives batches of inputs and class indices (N,), on the CPU.
        criterion: criterion(outputs, targets) is the mean loss of a batch, a scalar tensor.
        device: where the model is, and where each batch must go.

    Returns:
        (mean_loss, accuracy): the mean loss per sample, and the share of samples
        whose largest output is the right class, from 0 to 1.
    """
    raise NotImplementedError("evaluate is yours to write")
