"""A kernel that doesn't fit gives an empty output."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """As many positions as there are, even if that is none."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    n, _, h, w = x.shape
    c_out, _, kh, kw = weight.shape
    out_h = max(0, (h - kh) // sv + 1)
    out_w = max(0, (w - kw) // sh + 1)
    y = x.new_zeros(n, c_out, out_h, out_w)
    for r in range(out_h):
        for s in range(out_w):
            window = x[:, :, r * sv : r * sv + kh, s * sh : s * sh + kw]
            y[:, :, r, s] = torch.einsum("ncij,ocij->no", window, weight)
    return y if bias is None else y + bias[:, None, None]
