"""Says nothing: ones of the right shapes."""

import torch


def linear_backward(x, weight, grad_output):
    """Only the shapes are right."""
    return torch.ones_like(x), torch.ones_like(weight), torch.ones_like(grad_output[0])
