"""2-D convolution: the layer that sees, without torch's own convolution.

Fill in `conv2d`. The handout (README.md) has the formula, an example by hand
and the exact contract. Check your work with `grader check conv2d`.
"""

import torch


def conv2d(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """Cross-correlate a batch of images with a set of kernels.

    Args:
        x: images, shape (N, C_in, H, W).
        weight: kernels, shape (C_out, C_in, kH, kW).
        bias: one number for each output channel, shape (C_out,), or None.
        stride: step of the kernel, one int or (vertical, horizontal).
        padding: rows and columns of zeros on each side, one int or (vertical, horizontal).

    Returns:
        Shape (N, C_out, outH, outW), where outH = (H + 2 * pad_v - kH) // stride_v + 1
        and outW likewise, of the dtype and on the device of x.

    Raises:
        ValueError: the kernel is larger than the padded image.
    """
    raise NotImplementedError("conv2d is yours to write")
