"""grad_bias is summed over the wrong axis."""


def linear_backward(x, weight, grad_output):
    """Sum the gradient of each sample for the bias."""
    d_bias = grad_output.sum(dim=1)
    d_weight = grad_output.T.matmul(x)
    d_x = grad_output.matmul(weight)
    return d_x, d_weight, d_bias
