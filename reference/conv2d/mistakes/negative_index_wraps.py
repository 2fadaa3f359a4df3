"""Positions above and left of the image wrap around to the other side."""

import torch


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """No padded copy: positions outside are skipped."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    n, _, h, w = x.shape
    o, _, kh, kw = weight.shape
    if kh > h + 2 * pv or kw > w + 2 * ph:
        raise ValueError("kernel too large")
    oh, ow = (h + 2 * pv - kh) // sv + 1, (w + 2 * ph - kw) // sh + 1
    y = torch.zeros(n, o, oh, ow, dtype=x.dtype, device=x.device)
    for r in range(oh):
        for s in range(ow):
            for i in range(kh):
                for j in range(kw):
                    row, col = r * sv + i - pv, s * sh + j - ph
                    if row < h and col < w:
                        y[:, :, r, s] += x[:, :, row, col] @ weight[:, :, i, j].T
    return y if bias is None else y + bias.view(1, o, 1, 1)
