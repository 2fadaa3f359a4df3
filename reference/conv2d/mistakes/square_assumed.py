"""Width and height are taken to be equal."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Two loops over the output."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    n, _, size, _ = x.shape
    c_out, _, kh, kw = weight.shape
    x = F.pad(x, (ph, ph, pv, pv))
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("kernel larger than image")
    out_h = (size + 2 * pv - kh) // sv + 1
    out_w = (size + 2 * ph - kw) // sh + 1
    y = x.new_zeros(n, c_out, out_h, out_w)
    for r in range(out_h):
        for s in range(out_w):
            window = x[:, :, r * sv : r * sv + kh, s * sh : s * sh + kw]
            y[:, :, r, s] = torch.einsum("ncij,ocij->no", window, weight)
    return y if bias is None else y + bias[:, None, None]
