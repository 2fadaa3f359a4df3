"""The sum for grad_bias is made inside grad_output."""


def linear_backward(x, weight, grad_output):
    """Two products, and a running sum for the bias."""
    grad_x = grad_output @ weight
    grad_weight = grad_output.T @ x
    grad_bias = grad_output[0]
    for n in range(1, len(grad_output)):
        grad_bias += grad_output[n]
    return grad_x, grad_weight, grad_bias
