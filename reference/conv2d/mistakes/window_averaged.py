"""The mean of all products in a window."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Multiply window and kernel, take the mean."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    kh, kw = weight.shape[2:]
    h, w = x.shape[2:]
    if kh > h or kw > w:
        raise ValueError("the kernel is larger than the padded image")
    rows = []
    for top in range(0, h - kh + 1, sv):
        row = []
        for left in range(0, w - kw + 1, sh):
            window = x[:, None, :, top : top + kh, left : left + kw]
            row.append((window * weight).mean(dim=(2, 3, 4)))
        rows.append(torch.stack(row, dim=2))
    y = torch.stack(rows, dim=2)
    return y if bias is None else y + bias[None, :, None, None]
