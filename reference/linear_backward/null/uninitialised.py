"""Says nothing: uninitialised memory of the right shapes."""

import torch


def linear_backward(x, weight, grad_output):
    """Only the shapes are right."""
    return torch.empty_like(x), torch.empty_like(weight), torch.empty_like(grad_output[0])
