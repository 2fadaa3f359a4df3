"""Right: a loop over the kernel's positions; each adds one shifted, strided slice."""

import torch
from torch.nn.functional import pad


def conv2d(images, kernels, bias=None, stride=1, padding=0):
    """kH * kW matrix products over channels, under parameter names of the author's own."""
    stride = (stride,) * 2 if isinstance(stride, int) else tuple(stride)
    padding = (padding,) * 2 if isinstance(padding, int) else tuple(padding)
    padded = pad(images, [padding[1], padding[1], padding[0], padding[0]])
    height, width = kernels.shape[-2:]
    rows = (padded.shape[2] - height) // stride[0] + 1
    columns = (padded.shape[3] - width) // stride[1] + 1
    if rows < 1 or columns < 1:
        raise ValueError("the kernel does not fit into the padded image")
    total = 0
    for i in range(height):
        for j in range(width):
            piece = padded[
                :, :, i : i + rows * stride[0] : stride[0], j : j + columns * stride[1] : stride[1]
            ]
            total = total + torch.tensordot(piece, kernels[:, :, i, j], dims=([1], [1]))
    total = total.movedim(-1, 1)
    return total if bias is None else total + bias.view(1, -1, 1, 1)
