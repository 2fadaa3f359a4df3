"""A multilayer perceptron with two hidden layers: the reference.

The network is that of D. Rumelhart, G. Hinton and R. Williams, "Learning
representations by back-propagating errors", 1986, with rectified linear units
(X. Glorot, A. Bordes and Y. Bengio, "Deep sparse rectifier neural networks",
2011): logits = W3 relu(W2 relu(W1 x + b1) + b2) + b3. See also I. Goodfellow,
Y. Bengio and A. Courville, *Deep Learning*, 2016, chapter 6.

There is no softmax at the end: `nn.CrossEntropyLoss` wants logits, because only
from logits can it take the logarithm of the softmax without overflow.
"""

import torch
from torch import nn


class MLP(nn.Module):
    """Linear - ReLU - Linear - ReLU - Linear.

    Args:
        d_in: Numbers in one sample, such as 28 * 28 = 784 pixels.
        d_hidden: Units in each of the two hidden layers.
        d_out: Classes.
    """

    def __init__(self, d_in: int = 784, d_hidden: int = 256, d_out: int = 10) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),  # keeps the first dimension, the batch, and lays the others in one row
            nn.Linear(d_in, d_hidden),
            nn.ReLU(),
            nn.Linear(d_hidden, d_hidden),
            nn.ReLU(),
            nn.Linear(d_hidden, d_out),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (N, d_out) of a batch (N, d_in) or (N, ..., ...) with d_in numbers in each sample."""
        logits: torch.Tensor = self.layers(x)
        return logits
