"""Right: a product of spectra. Flips nothing: the conjugate makes it a cross-correlation."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Convolution theorem; every position is computed, then strided."""
    if not isinstance(stride, tuple):
        stride = (stride, stride)
    if not isinstance(padding, tuple):
        padding = (padding, padding)
    x = F.pad(x, (padding[1], padding[1], padding[0], padding[0]))
    size, kernel = x.shape[2:], weight.shape[2:]
    if any(k > s for k, s in zip(kernel, size, strict=True)):
        raise ValueError("kernel larger than input")
    spectrum = torch.fft.rfft2(x)[:, None] * torch.fft.rfft2(weight, s=size).conj()
    y = torch.fft.irfft2(spectrum.sum(dim=2), s=size)
    y = y[:, :, : size[0] - kernel[0] + 1 : stride[0], : size[1] - kernel[1] + 1 : stride[1]]
    return y if bias is None else y + bias.reshape(-1, 1, 1)
