"""A padding pair goes to F.pad in its own order, which starts with the last axis."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Pad, unfold, multiply."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    padded = F.pad(x, (pv, pv, ph, ph))
    kh, kw = weight.shape[2:]
    if kh > padded.shape[2] or kw > padded.shape[3]:
        raise ValueError("the kernel is larger than the padded input")
    windows = padded.unfold(2, kh, sv).unfold(3, kw, sh)
    y = torch.einsum("nchwij,ocij->nohw", windows, weight)
    if bias is not None:
        y = y + bias[None, :, None, None]
    return y
