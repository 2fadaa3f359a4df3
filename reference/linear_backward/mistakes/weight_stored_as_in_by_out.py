"""The formulas of a layer whose weight is (in, out)."""


def linear_backward(x, weight, grad_output):
    """As in the lecture notes: dX = dY W^T, dW = X^T dY, db = sum of dY."""
    dX = grad_output @ weight.T
    dW = x.T @ grad_output
    db = grad_output.sum(dim=0)
    return dX, dW, db
