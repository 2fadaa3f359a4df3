"""The kernel always moves by one pixel."""

import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Cross-correlation with unfold and a matrix product."""
    if isinstance(padding, int):
        padding = (padding, padding)
    kh, kw = weight.shape[2:]
    height, width = x.shape[2] + 2 * padding[0], x.shape[3] + 2 * padding[1]
    if kh > height or kw > width:
        raise ValueError("the kernel does not fit into the image")
    columns = F.unfold(x, (kh, kw), padding=padding)
    y = weight.flatten(1) @ columns
    y = y.view(x.shape[0], weight.shape[0], height - kh + 1, width - kw + 1)
    if bias is not None:
        y = y + bias[:, None, None]
    return y
