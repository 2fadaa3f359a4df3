"""Says nothing: forgets to return."""


def linear_backward(x, weight, grad_output):
    """No return statement."""
