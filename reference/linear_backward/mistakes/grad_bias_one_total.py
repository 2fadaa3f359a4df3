"""grad_bias is the sum of everything."""


def linear_backward(x, weight, grad_output):
    """Sum of the incoming gradients for the bias."""
    grad_bias = grad_output.sum()
    return grad_output @ weight, grad_output.T @ x, grad_bias
