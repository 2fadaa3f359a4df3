"""Zeros are put around the output instead of the image."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Correlate, then pad the result back to size."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    kh, kw = weight.shape[2:]
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("the kernel is larger than the image")
    windows = x.unfold(2, kh, sv).unfold(3, kw, sh)
    y = torch.einsum("nchwij,ocij->nohw", windows, weight)
    if bias is not None:
        y = y + bias[:, None, None]
    return F.pad(y, (ph, ph, pv, pv))
