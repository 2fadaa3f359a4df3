import torch

def linear_backward(x, weight, grad_output):
    N = x.shape[0]
    grad_x = torch.zeros_like(x)
    grad_w = torch.zeros_like(weight)
    grad_b = torch.zeros(weight.shape[0])
    # soma sobre o lote
    for i in range(1, N):
        grad_x[i] = grad_output[i] @ weight
        grad_w += torch.outer(grad_output[i], x[i])
        grad_b += grad_output[i]
    return grad_x, grad_w, grad_b
