"""Takes grad_output as its first argument."""


def linear_backward(grad_output, x, weight):
    """Backward: the incoming gradient, then what the forward pass saved."""
    grad_x = grad_output @ weight
    grad_weight = grad_output.T @ x
    grad_bias = grad_output.sum(dim=0)
    return grad_x, grad_weight, grad_bias
