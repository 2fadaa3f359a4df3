"""A kernel that doesn't fit fails an assertion."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Check, unfold, contract."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    kh, kw = weight.shape[2:]
    assert kh <= x.shape[2], "kernel is too tall"
    assert kw <= x.shape[3], "kernel is too wide"
    y = torch.einsum("nchwij,ocij->nohw", x.unfold(2, kh, sv).unfold(3, kw, sh), weight)
    return y if bias is None else y + bias[:, None, None]
