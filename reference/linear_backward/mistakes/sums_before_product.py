"""grad_weight multiplies sums instead of summing products."""

import torch


def linear_backward(x, weight, grad_output):
    """Collect the batch first, then one outer product."""
    g = grad_output.sum(dim=0)  # (out,)
    inputs = x.sum(dim=0)  # (in,)
    return grad_output @ weight, torch.outer(g, inputs), g
