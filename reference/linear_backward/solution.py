"""The reference for the backward pass of a linear layer.

With y = x @ weight.T + bias, y[n, o] = sum_i x[n, i] weight[o, i] + bias[o], the
chain rule gives each gradient as one sum over the axis that its argument does
not have:

    dL/dx[n, i]      = sum_o dL/dy[n, o] weight[o, i]
    dL/dweight[o, i] = sum_n dL/dy[n, o] x[n, i]
    dL/dbias[o]      = sum_n dL/dy[n, o]

Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5,
algorithm 6.4; J. Johnson, "Backpropagation for a Linear Layer", Stanford
CS231n handout (2017).
"""

import torch


def linear_backward(
    x: torch.Tensor, weight: torch.Tensor, grad_output: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Gradients of a loss with respect to x (N, in), weight (out, in) and bias (out,).

    Args:
        x: (N, in).
        weight: (out, in).
        grad_output: dL/dy, (N, out).

    Returns:
        (grad_x, grad_weight, grad_bias), of the shapes of x, weight and bias.
    """
    grad_x = grad_output @ weight  # (N, out) @ (out, in)
    grad_weight = grad_output.T @ x  # (out, N) @ (N, in)
    grad_bias = grad_output.sum(dim=0)  # bias reaches every row of the batch
    return grad_x, grad_weight, grad_bias
