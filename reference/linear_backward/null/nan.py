"""Says nothing: NaN everywhere."""

import torch


def linear_backward(x, weight, grad_output):
    """Only the shapes are right."""
    return tuple(torch.full_like(part, float("nan")) for part in (x, weight, grad_output[0]))
