"""The product is written into the image itself."""

import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Cut out a window, multiply, add up."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    if pv or ph:
        x = F.pad(x, (ph, ph, pv, pv))
    n, _, h, w = x.shape
    c_out, _, kh, kw = weight.shape
    if kh > h or kw > w:
        raise ValueError("the kernel does not fit")
    y = x.new_zeros(n, c_out, (h - kh) // sv + 1, (w - kw) // sh + 1)
    for o in range(c_out):
        for r in range(y.shape[2]):
            for s in range(y.shape[3]):
                window = x[:, :, r * sv : r * sv + kh, s * sh : s * sh + kw]
                window *= weight[o]
                y[:, o, r, s] = window.sum(dim=(1, 2, 3))
    return y if bias is None else y + bias[:, None, None]
