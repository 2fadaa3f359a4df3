"""The output is a float32 tensor, whatever x is."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Allocate the output, then fill it."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    n, _, h, w = x.shape
    c_out, _, kh, kw = weight.shape
    if kh > h or kw > w:
        raise ValueError("the kernel is too large")
    out = torch.zeros((n, c_out, (h - kh) // sv + 1, (w - kw) // sh + 1))
    for r in range(out.shape[2]):
        for s in range(out.shape[3]):
            window = x[:, :, r * sv : r * sv + kh, s * sh : s * sh + kw]
            out[:, :, r, s] = torch.einsum("ncij,ocij->no", window, weight)
    if bias is not None:
        out = out + bias.view(1, -1, 1, 1)
    return out
