"""The padding argument is not used."""

import torch


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Slide the kernel over the image."""
    stride_v, stride_h = (stride, stride) if isinstance(stride, int) else stride
    n, _, H, W = x.shape
    c_out, _, kH, kW = weight.shape
    if kH > H or kW > W:
        raise ValueError("the kernel is larger than the image")
    rows = range(0, H - kH + 1, stride_v)
    columns = range(0, W - kW + 1, stride_h)
    out = torch.empty(n, c_out, len(rows), len(columns), dtype=x.dtype, device=x.device)
    for r, top in enumerate(rows):
        for s, left in enumerate(columns):
            window = x[:, :, top : top + kH, left : left + kW]
            out[:, :, r, s] = torch.einsum("ncij,ocij->no", window, weight)
    if bias is not None:
        out = out + bias[:, None, None]
    return out
