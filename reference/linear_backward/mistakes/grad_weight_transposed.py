"""grad_weight has the axes of weight.T."""


def linear_backward(x, weight, grad_output):
    """The three gradients."""
    grad_x = grad_output @ weight
    grad_weight = x.T @ grad_output
    grad_bias = grad_output.sum(dim=0)
    return grad_x, grad_weight, grad_bias
