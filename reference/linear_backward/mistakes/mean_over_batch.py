"""The batch is averaged, in grad_weight and in grad_bias."""


def linear_backward(x, weight, grad_output):
    """Backward pass of y = x W^T + b."""
    m = x.shape[0]  # number of examples
    dx = grad_output @ weight
    dW = grad_output.T @ x / m
    db = grad_output.sum(dim=0) / m
    return dx, dW, db
