import torch


def linear_backward(x, weight, grad_output):
    # chain rule:
    #   dL/dx = dL/dy * dy/dx = grad_output @ W
    #   dL/dW = x^T @ grad_output
    #   dL/db = sum over the batch
    grad_x = grad_output @ weight
    grad_weight = x.T @ grad_output
    grad_bias = grad_output.sum(0)
    return grad_x, grad_weight, grad_bias
