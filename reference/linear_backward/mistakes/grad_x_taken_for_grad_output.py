"""Goes on from grad_x as if weight and bias lay behind x."""


def linear_backward(x, weight, grad_output):
    """Chain rule, one step after the other."""
    grad = grad_output
    grad = grad @ weight
    grad_x = grad
    grad_weight = grad.T @ x
    grad_bias = grad.sum(dim=0)
    return grad_x, grad_weight, grad_bias
