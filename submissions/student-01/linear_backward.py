"""Exercise 3: backward pass of a linear layer."""


def linear_backward(x, weight, grad_output):
    # y = x W^T + b
    # shapes: x (N, in), W (out, in), dy (N, out)
    grad_x = grad_output @ weight           # (N, out)(out, in) -> (N, in)
    grad_weight = grad_output.T @ x         # (out, N)(N, in)   -> (out, in)
    grad_bias = grad_output.sum(dim=0)      # (out,)
    return grad_x, grad_weight, grad_bias
