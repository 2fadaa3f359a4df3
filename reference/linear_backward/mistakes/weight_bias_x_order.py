"""Returns the parameters' gradients first."""


def linear_backward(x, weight, grad_output):
    """First the parameters, then what goes to the layer before."""
    grad_weight = grad_output.T @ x
    grad_bias = grad_output.sum(dim=0)
    grad_previous = grad_output @ weight
    return grad_weight, grad_bias, grad_previous
