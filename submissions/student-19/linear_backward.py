import torch


def linear_backward(x, weight, grad_output):
    """
    dx = dy W,  dW = dy^T x,  db = sum dy
    """
    dx = torch.matmul(grad_output, weight)
    dW = torch.matmul(grad_output.transpose(0, 1), x)
    db = torch.sum(grad_output, dim=0)
    return dx, dW, db
