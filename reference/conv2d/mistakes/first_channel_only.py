"""Only the first channel of image and kernel is used."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Slide each kernel over the picture."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    image = F.pad(x, (ph, ph, pv, pv))[:, 0]
    kernels = weight[:, 0]
    kh, kw = kernels.shape[1:]
    if kh > image.shape[1] or kw > image.shape[2]:
        raise ValueError("kernel too large")
    windows = image.unfold(1, kh, sv).unfold(2, kw, sh)
    y = torch.einsum("nrsij,oij->nors", windows, kernels)
    return y if bias is None else y + bias[:, None, None]
