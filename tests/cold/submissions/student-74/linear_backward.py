import torch

# y = W x + b  donc  dL/dx = W^T dL/dy,  dL/dW = dL/dy x^T,  dL/db = dL/dy


def linear_backward(x, weight, grad_output):
    grad_x = weight.T @ grad_output
    grad_weight = grad_output @ x.T
    grad_bias = grad_output
    return grad_x, grad_weight, grad_bias
