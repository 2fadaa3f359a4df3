"""Only the first image of the batch is looked at."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Take the image, slide each kernel over it."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    image = F.pad(x[0], (ph, ph, pv, pv))
    kh, kw = weight.shape[2:]
    if kh > image.shape[1] or kw > image.shape[2]:
        raise ValueError("the kernel does not fit")
    windows = image.unfold(1, kh, sv).unfold(2, kw, sh)
    y = torch.einsum("chwij,ocij->ohw", windows, weight)
    if bias is not None:
        y = y + bias[:, None, None]
    return y.unsqueeze(0)
