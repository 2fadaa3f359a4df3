"""Axes of length 1 are squeezed out of the results."""


def linear_backward(x, weight, grad_output):
    """Products with a batch axis, squeezed at the end."""
    grad_x = grad_output @ weight
    grad_weight = grad_output.T @ x
    grad_bias = grad_output.sum(dim=0, keepdim=True)
    return grad_x.squeeze(), grad_weight.squeeze(), grad_bias.squeeze()
