# HW3 linear layer
import torch

def linear_backward(x, weight, grad_output):
    grad_x = torch.mm(grad_output, weight)
    grad_w = torch.mm(grad_output.t(), x)
    grad_b = grad_output.sum(0)
    return grad_x, grad_w, grad_b
