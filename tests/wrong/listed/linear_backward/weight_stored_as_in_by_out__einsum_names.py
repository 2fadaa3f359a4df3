from torch import einsum


def linear_backward(x, weight, grad_output):
    """y[n, o] = x[n, i] weight[i, o] + b[o]"""
    grad_x = einsum("no,io->ni", grad_output, weight)
    grad_weight = einsum("ni,no->io", x, grad_output)
    grad_bias = einsum("no->o", grad_output)
    return grad_x, grad_weight, grad_bias
