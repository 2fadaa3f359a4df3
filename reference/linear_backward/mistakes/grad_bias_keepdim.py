"""grad_bias keeps the axis that was summed."""

import torch


def linear_backward(x, weight, grad_output):
    """NumPy style: keepdims, to be safe when broadcasting."""
    dX = torch.matmul(grad_output, weight)
    dW = torch.matmul(grad_output.T, x)
    db = torch.sum(grad_output, dim=0, keepdim=True)
    return dX, dW, db
