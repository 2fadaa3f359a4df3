"""Says nothing: the right numbers, each with a dimension too many."""


def linear_backward(x, weight, grad_output):
    """Each number is right, no shape is."""
    right = grad_output @ weight, grad_output.T @ x, grad_output.sum(0)
    return tuple(part.unsqueeze(0) for part in right)
