"""The zeros are there, but all of them on the right and below."""

import torch


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Copy the image onto a larger canvas of zeros and slide."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    n, c, h, w = x.shape
    kh, kw = weight.shape[2:]
    canvas = torch.zeros(n, c, h + 2 * pv, w + 2 * ph, dtype=x.dtype, device=x.device)
    canvas[:, :, :h, :w] = x
    if kh > canvas.shape[2] or kw > canvas.shape[3]:
        raise ValueError("kernel does not fit the padded image")
    windows = canvas.unfold(2, kh, sv).unfold(3, kw, sh)
    y = torch.einsum("nchwij,ocij->nohw", windows, weight)
    return y if bias is None else y + bias[:, None, None]
