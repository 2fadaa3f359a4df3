"""Sums are made of Python floats, which autograd can't follow."""

import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Plain numbers in plain loops."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    n, _, h, w = x.shape
    c_out, _, kh, kw = weight.shape
    if kh > h or kw > w:
        raise ValueError("the kernel does not fit")
    y = x.new_zeros(n, c_out, (h - kh) // sv + 1, (w - kw) // sh + 1)
    for b in range(n):
        for o in range(c_out):
            for r in range(y.shape[2]):
                for s in range(y.shape[3]):
                    window = x[b, :, r * sv : r * sv + kh, s * sh : s * sh + kw]
                    y[b, o, r, s] = (window * weight[o]).sum().item()
                    if bias is not None:
                        y[b, o, r, s] += bias[o].item()
    return y
