import torch


def linear_backward(x, weight, grad_output):
    # let torch do the work
    x = x.detach().clone().requires_grad_(True)
    weight = weight.detach().clone().requires_grad_(True)
    bias = torch.zeros(weight.shape[0], dtype=x.dtype, device=x.device, requires_grad=True)
    y = x @ weight.T + bias
    y.backward(grad_output)
    return x.grad, weight.grad, bias.grad
