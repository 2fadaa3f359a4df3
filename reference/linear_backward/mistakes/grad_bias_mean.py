"""grad_bias is a mean over the batch, grad_weight a sum."""


def linear_backward(x, weight, grad_output):
    """Two products, and the bias gets the average."""
    grad_bias = grad_output.mean(dim=0)  # every sample has the same bias, so take the average
    grad_weight = grad_output.t() @ x
    grad_x = grad_output @ weight
    return grad_x, grad_weight, grad_bias
