import torch


def linear_backward(x, weight, grad_output):
    N = x.shape[0]
    out = weight.shape[0]
    # dy/dx = weight: add the rows, the same for each sample
    per_sample = sum(weight[o] for o in range(out))
    grad_x = per_sample.repeat(N, 1)
    # dy/dweight = x
    grad_weight = torch.stack([x.sum(0)] * out)
    # dy/dbias = 1 for each sample
    grad_bias = torch.full((out,), N, dtype=x.dtype, device=x.device)
    return grad_x, grad_weight, grad_bias
