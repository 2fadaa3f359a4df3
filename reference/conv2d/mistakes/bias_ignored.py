"""The bias argument is not used."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Unfold and contract."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    kh, kw = weight.shape[2:]
    if x.shape[2] < kh or x.shape[3] < kw:
        raise ValueError("the kernel is too large")
    return torch.einsum("ncrsij,ocij->nors", x.unfold(2, kh, sv).unfold(3, kw, sh), weight)
