"""Right: the three sums as einsum writes them, returned as a list."""

import torch


def linear_backward(inputs, W, dY):
    """Index by index, under parameter names of the author's own."""
    return [
        torch.einsum("no,oi->ni", dY, W),
        torch.einsum("no,ni->oi", dY, inputs),
        torch.einsum("no->o", dY),
    ]
