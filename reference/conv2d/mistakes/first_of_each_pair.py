"""Of a pair, the first number serves both directions."""

import torch
import torch.nn.functional as F


def single(value):
    """Stride and padding may come as tuples."""
    return value if isinstance(value, int) else value[0]


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """im2col."""
    s, p = single(stride), single(padding)
    n, _, h, w = x.shape
    c_out, _, kh, kw = weight.shape
    if kh > h + 2 * p or kw > w + 2 * p:
        raise ValueError("kernel larger than padded input")
    out_h = (h + 2 * p - kh) // s + 1
    out_w = (w + 2 * p - kw) // s + 1
    cols = F.unfold(x, (kh, kw), stride=s, padding=p)  # (n, c_in * kh * kw, positions)
    y = torch.matmul(weight.reshape(c_out, -1), cols).reshape(n, c_out, out_h, out_w)
    return y if bias is None else y + bias.reshape(1, -1, 1, 1)
