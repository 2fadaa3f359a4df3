import torch


def linear_backward(x, weight, grad_output):
    grad_x = torch.einsum("no,oi->ni", grad_output, weight)
    grad_weight = torch.einsum("no,ni->oi", grad_output, x)
    return grad_x, grad_weight, grad_output.sum(0)
