"""MLP: a multilayer perceptron with two hidden layers, as an nn.Module.

Fill in `MLP`. The handout (README.md) has the formula, an example by hand and
the exact contract. Check your work with `grader check mlp`.
"""

import torch
from torch import nn


class MLP(nn.Module):
    """Linear - ReLU - Linear - ReLU - Linear."""

    def __init__(self, d_in: int = 784, d_hidden: int = 256, d_out: int = 10) -> None:
        """Make the layers.

        Args:
            d_in: numbers in one sample.
            d_hidden: units in each of the two hidden layers.
            d_out: classes.
        """
        super().__init__()
        raise NotImplementedError("the layers of MLP are yours to make")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The logits of a batch.

        Args:
            x: shape (N, d_in), or (N, ...) with d_in numbers in each sample, such as (N, 1, 28, 28).

        Returns:
            Raw logits, shape (N, d_out), of the dtype and on the device of `x`.
        """
        raise NotImplementedError("forward of MLP is yours to write")
