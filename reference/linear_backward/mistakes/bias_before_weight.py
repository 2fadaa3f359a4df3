"""Returns the gradient of the bias before that of the weight."""


def linear_backward(x, weight, grad_output):
    """Each of them is right."""
    grad_x = grad_output @ weight
    grad_bias = grad_output.sum(dim=0)
    grad_weight = grad_output.T @ x
    return grad_x, grad_bias, grad_weight
