"""Says nothing: hands its inputs back."""


def linear_backward(x, weight, grad_output):
    """Only the shapes are right."""
    return x, weight, grad_output[0]
