"""The output size lacks its + 1."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """All output positions in two loops."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    N, _, H, W = x.shape
    C_out, _, kH, kW = weight.shape
    if kH > H or kW > W:
        raise ValueError("kernel too large")
    outH = (H - kH) // sv
    outW = (W - kW) // sh
    y = torch.zeros(N, C_out, outH, outW, dtype=x.dtype, device=x.device)
    for r in range(outH):
        for s in range(outW):
            window = x[:, :, r * sv : r * sv + kH, s * sh : s * sh + kW]
            y[:, :, r, s] = window.reshape(N, -1) @ weight.reshape(C_out, -1).T
    if bias is not None:
        y = y + bias[:, None, None]
    return y
