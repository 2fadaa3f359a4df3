"""The kernel is compared with the image before it is padded."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Check, pad, slide."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    kh, kw = weight.shape[2:]
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("the kernel is larger than the image")
    x = F.pad(x, (ph, ph, pv, pv))
    y = torch.einsum("nchwij,ocij->nohw", x.unfold(2, kh, sv).unfold(3, kw, sh), weight)
    return y if bias is None else y + bias[:, None, None]
