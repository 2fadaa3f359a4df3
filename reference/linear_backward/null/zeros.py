"""Says nothing: zeros of the right shapes."""

import torch


def linear_backward(x, weight, grad_output):
    """Only the shapes are right."""
    return torch.zeros_like(x), torch.zeros_like(weight), torch.zeros_like(grad_output[0])
