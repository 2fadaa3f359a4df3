"""Right: computed in float64, cast back at the end."""

import torch


def linear_backward(x, weight, grad_output):
    """More precise than asked for."""
    grad = grad_output.to(torch.float64)
    grad_x = torch.matmul(grad, weight.double())
    grad_weight = torch.matmul(grad.t(), x.double())
    return tuple(part.to(x.dtype) for part in (grad_x, grad_weight, grad.sum(0)))
