import torch


def conv2d(x, weight, bias=None, stride=1, padding=0):
    if isinstance(stride, int):
        stride = [stride, stride]
    if isinstance(padding, int):
        padding = [padding, padding]
    N, C, H, W = x.shape
    F, _, HH, WW = weight.shape
    Hp = H + 2 * padding[0]
    Wp = W + 2 * padding[1]
    xp = torch.zeros((N, C, Hp, Wp), dtype=x.dtype, device=x.device)
    xp[:, :, padding[0] : padding[0] + H, padding[1] : padding[1] + W] = x
    H_out = max(0, 1 + (Hp - HH) // stride[0])
    W_out = max(0, 1 + (Wp - WW) // stride[1])
    out = torch.zeros((N, F, H_out, W_out), dtype=x.dtype, device=x.device)
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * stride[0], j * stride[1]
            window = xp[:, :, top : top + HH, left : left + WW]
            for f in range(F):
                out[:, f, i, j] = (window * weight[f]).sum(dim=(1, 2, 3))
    if bias is not None:
        out = out + bias[:, None, None]
    return out
