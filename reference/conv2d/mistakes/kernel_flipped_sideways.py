"""The kernel is mirrored left to right."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Shift the image under the kernel, one kernel position after the other."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    kh, kw = weight.shape[-2:]
    out_h, out_w = (x.shape[2] - kh) // sv + 1, (x.shape[3] - kw) // sh + 1
    if out_h < 1 or out_w < 1:
        raise ValueError("the kernel does not fit")
    kernel = weight.flip(-1)  # reverse the kernel
    y = 0
    for i in range(kh):
        for j in range(kw):
            shifted = x[:, :, i : i + sv * (out_h - 1) + 1 : sv, j : j + sh * (out_w - 1) + 1 : sh]
            y = y + torch.einsum("nchw,oc->nohw", shifted, kernel[:, :, i, j])
    return y if bias is None else y + bias[:, None, None]
