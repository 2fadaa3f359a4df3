"""Returns grad_weight before grad_x."""


def linear_backward(x, weight, grad_output):
    """Gradients of weight, input and bias."""
    d_weight = grad_output.T @ x
    d_input = grad_output @ weight
    d_bias = grad_output.sum(dim=0)
    return d_weight, d_input, d_bias
