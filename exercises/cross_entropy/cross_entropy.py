"""Cross-entropy and its gradient. README.md says what to write and how to check it."""

import torch


def cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean over the batch of -log p[target], in nats.

    Args:
        logits: Scores, shape (N, C), float32 or float64: one row for each
            sample, one column for each class.
        targets: The right classes, shape (N,), int64, each from 0 to C - 1.

    Returns:
        The loss: a tensor with no dimensions, of the dtype and on the device of
        `logits`, that autograd can go backward through.
    """
    raise NotImplementedError("cross_entropy is still to be written")


def cross_entropy_grad(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The gradient of `cross_entropy` with respect to the logits, by its formula.

    Args:
        logits: As above, shape (N, C).
        targets: As above, shape (N,).

    Returns:
        The gradient: shape (N, C), of the dtype and on the device of `logits`.
    """
    raise NotImplementedError("cross_entropy_grad is still to be written")
