"""grad_bias is grad_output as it came."""


def linear_backward(x, weight, grad_output):
    """The bias is only added, so its gradient is passed on."""
    grad_x = grad_output @ weight
    grad_weight = grad_output.T @ x
    grad_bias = grad_output.clone()  # d(y)/d(bias) = 1
    return grad_x, grad_weight, grad_bias
