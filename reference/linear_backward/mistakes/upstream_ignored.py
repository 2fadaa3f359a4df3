"""The local derivatives alone, without grad_output."""

import torch


def linear_backward(x, weight, grad_output):
    """dy/dx, dy/dW and dy/db of a linear layer."""
    samples, outputs = grad_output.shape
    dy_dx = weight.sum(dim=0).repeat(samples, 1)
    dy_dw = x.sum(dim=0).repeat(outputs, 1)
    dy_db = torch.full_like(grad_output[0], samples)
    return dy_dx, dy_dw, dy_db
