"""The reference for 2-D convolution, as deep learning means it: cross-correlation.

    y[n, o, r, s] = bias[o] + sum_{c, i, j} x[n, c, r * stride_v + i - pad_v, s * stride_h + j - pad_h]
                                            * weight[o, c, i, j]

with x = 0 outside the image. Source: Goodfellow, Bengio and Courville, Deep
Learning (2016), equations 9.6 (no flip), 9.7 (channels) and 9.8 (stride); the size of the
output is relationship 6 of Dumoulin and Visin, "A guide to convolution
arithmetic for deep learning" (2016), arXiv:1603.07285.
"""

import torch
import torch.nn.functional as F


def conv2d(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """Cross-correlate images (N, C_in, H, W) with kernels (C_out, C_in, kH, kW).

    Args:
        x: images.
        weight: kernels.
        bias: (C_out,) or None.
        stride: an int or (vertical, horizontal).
        padding: an int or (vertical, horizontal), zeros on each side.

    Returns:
        (N, C_out, (H + 2 * pad_v - kH) // stride_v + 1, likewise for the width).

    Raises:
        ValueError: the kernel is larger than the padded image.
    """
    stride_v, stride_h = _pair(stride)
    pad_v, pad_h = _pair(padding)
    kernel = weight.shape[2:]

    x = F.pad(x, (pad_h, pad_h, pad_v, pad_v))
    if kernel[0] > x.shape[2] or kernel[1] > x.shape[3]:
        raise ValueError(f"a kernel of {tuple(kernel)} does not fit a padded image of {tuple(x.shape[2:])}")

    # Every window that the kernel visits, as a view: (N, C_in, outH, outW, kH, kW).
    windows = x.unfold(2, kernel[0], stride_v).unfold(3, kernel[1], stride_h)
    y = torch.einsum("nchwij,ocij->nohw", windows, weight)
    return y if bias is None else y + bias[:, None, None]


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """One int for both directions, or (vertical, horizontal) as it is."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])
