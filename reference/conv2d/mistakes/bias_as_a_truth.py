"""Asks `if bias` where it means `if there is a bias`."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Unfold and contract, then add the bias if there is one."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    kh, kw = weight.shape[2:]
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("the kernel is larger than the image")
    y = torch.einsum("nchwij,ocij->nohw", x.unfold(2, kh, sv).unfold(3, kw, sh), weight)
    if bias:
        y = y + bias[:, None, None]
    return y
