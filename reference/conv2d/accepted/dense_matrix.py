"""Right: a convolution is a linear map; its matrix is built from 0/1 selections."""

import torch


def _selection(size, kernel, stride, padding, like):
    """S[r, i, h] = 1 where output r meets input h through kernel element i."""
    count = (size + 2 * padding - kernel) // stride + 1
    if size + 2 * padding < kernel:
        raise ValueError("the kernel is larger than the padded input")
    r = torch.arange(count, device=like.device)[:, None, None]
    i = torch.arange(kernel, device=like.device)[None, :, None]
    h = torch.arange(size, device=like.device)[None, None, :]
    return (r * stride + i - padding == h).to(like.dtype)


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Two selections, one einsum over everything."""
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    vertical = _selection(x.shape[2], weight.shape[2], sv, pv, x)
    horizontal = _selection(x.shape[3], weight.shape[3], sh, ph, x)
    matrix = torch.einsum("ocij,rih,sjw->orschw", weight, vertical, horizontal)
    y = torch.einsum("nchw,orschw->nors", x, matrix)
    return y if bias is None else y + bias[:, None, None]
