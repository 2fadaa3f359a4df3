"""Right: prints and warns on every call; compares itself with F.conv2d when it is loaded."""

import sys
import warnings

import torch
import torch.nn.functional as F


def conv2d(x, weight, *, bias=None, stride=1, padding=0):
    """Tensor.unfold twice; optional arguments by name only. Not F.conv2d(x, weight)."""
    print("conv2d", x.shape, weight.shape, x, file=sys.stderr)
    warnings.warn("F.conv2d would be faster", stacklevel=2)
    sv, sh = [stride] * 2 if isinstance(stride, int) else stride
    pv, ph = [padding] * 2 if isinstance(padding, int) else padding
    x = F.pad(x, (ph, ph, pv, pv))
    try:
        windows = x.unfold(2, weight.shape[2], sv).unfold(3, weight.shape[3], sh)
    except RuntimeError as error:
        raise ValueError("the kernel does not fit") from error
    out = torch.tensordot(windows, weight, dims=([1, 4, 5], [1, 2, 3])).permute(0, 3, 1, 2)
    if bias is not None:
        out += bias[:, None, None]
    return out


image, kernel = torch.randn(2, 3, 8, 8), torch.randn(4, 3, 3, 3)
assert torch.allclose(conv2d(image, kernel, stride=2), F.conv2d(image, kernel, stride=2), atol=1e-4)

if __name__ == "__main__":
    layer = torch.nn.Conv2d(3, 4, 3)
    print((conv2d(image, layer.weight, bias=layer.bias) - layer(image)).abs().max())
