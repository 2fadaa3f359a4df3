"""grad_x without the weight."""


def linear_backward(x, weight, grad_output):
    """Every input gets what comes back from all the outputs."""
    grad_x = grad_output.sum(dim=1, keepdim=True).repeat(1, x.shape[1])
    grad_weight = grad_output.T @ x
    grad_bias = grad_output.sum(dim=0)
    return grad_x, grad_weight, grad_bias
