"""The factor 2/N of a mean squared error, in a layer that has no loss."""


def linear_backward(x, weight, grad_output):
    """Gradients as in linear regression."""
    N = x.shape[0]
    error = grad_output
    grad_weight = 2 / N * error.T @ x
    grad_bias = 2 / N * error.sum(dim=0)
    grad_x = error @ weight
    return grad_x, grad_weight, grad_bias
