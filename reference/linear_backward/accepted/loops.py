"""Right: nothing but Python loops over every multiply-add."""

import torch


def linear_backward(x, weight, grad_output):
    """Each gradient element by element."""
    n_samples, n_in = x.shape
    n_out = weight.shape[0]
    grad_x = torch.zeros(n_samples, n_in, dtype=x.dtype, device=x.device)
    grad_weight = torch.zeros(n_out, n_in, dtype=x.dtype, device=x.device)
    grad_bias = torch.zeros(n_out, dtype=x.dtype, device=x.device)
    for n in range(n_samples):
        for o in range(n_out):
            grad_bias[o] += grad_output[n, o]
            for i in range(n_in):
                grad_x[n, i] += grad_output[n, o] * weight[o, i]
                grad_weight[o, i] += grad_output[n, o] * x[n, i]
    return grad_x, grad_weight, grad_bias
