"""Right: layers in a ModuleList, made from a list of sizes, an activation between them; view and clamp."""

from itertools import pairwise

import torch
from torch import nn


class MLP(nn.Module):
    """Sizes in a list, so that the depth could change."""

    def __init__(self, d_in=784, d_hidden=256, d_out=10):
        super(MLP, self).__init__()  # noqa: UP008 (how older tutorials write it)
        sizes = [d_in, d_hidden, d_hidden, d_out]
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            torch.nn.init.zeros_(layer.bias)

    def forward(self, images):
        """Logits."""
        h = images.view(images.size(0), -1)
        for layer in self.layers[:-1]:
            h = layer(h).clamp(min=0)
        return self.layers[-1](h)
