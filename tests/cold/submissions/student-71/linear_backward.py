import torch


def linear_backward(x, weight, grad_output):
    # Formen: x (N, in), weight (out, in), grad_output (N, out)
    grad_x = torch.matmul(grad_output, weight)
    grad_weight = torch.matmul(grad_output.T, x)
    grad_bias = torch.sum(grad_output, dim=0)
    return grad_x, grad_weight, grad_bias
