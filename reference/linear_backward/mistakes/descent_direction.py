"""The step downhill instead of the gradient."""


def linear_backward(x, weight, grad_output):
    """Directions in which the loss gets smaller."""
    step_x = -(grad_output @ weight)
    step_weight = -(grad_output.T @ x)
    step_bias = -grad_output.sum(dim=0)
    return step_x, step_weight, step_bias
