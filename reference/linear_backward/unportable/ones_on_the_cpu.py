"""Sums over the batch by a product with ones that are made without a device."""

import torch


def linear_backward(x, weight, grad_output):
    """The three gradients."""
    ones = torch.ones(len(x), dtype=x.dtype)
    return grad_output @ weight, grad_output.T @ x, ones @ grad_output
