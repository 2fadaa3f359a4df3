import torch


def linear_backward(x, weight, grad_output):
    n, d_in = x.shape
    d_out = weight.shape[0]
    dx = torch.zeros(n, d_in, dtype=x.dtype, device=x.device)
    dw = torch.zeros(d_in, d_out, dtype=x.dtype, device=x.device)
    db = torch.zeros(d_out, dtype=x.dtype, device=x.device)
    for s in range(n):
        for j in range(d_out):
            g = grad_output[s, j]
            db[j] += g
            for i in range(d_in):
                dx[s, i] += g * weight[j, i]
                dw[i, j] += g * x[s, i]
    return dx, dw, db
