"""Says nothing: the right numbers, in float64 for float32 and in float32 for float64."""

import torch


def linear_backward(x, weight, grad_output):
    """Each number is right, no dtype is."""
    other = torch.float32 if x.dtype == torch.float64 else torch.float64
    right = grad_output @ weight, grad_output.T @ x, grad_output.sum(0)
    return tuple(part.to(other) for part in right)
