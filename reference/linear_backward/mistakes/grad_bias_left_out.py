"""Two gradients instead of three."""


def linear_backward(x, weight, grad_output):
    """Gradients of the two arrays that are passed in."""
    return grad_output @ weight, grad_output.T @ x
