"""weight and bias are wrapped into new parameters of a layer."""

import torch
import torch.nn.functional as F
from torch import nn


class Conv(nn.Module):
    """A layer with the given numbers."""

    def __init__(self, weight, bias, stride, padding):
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(bias) if bias is not None else None
        self.stride = (stride, stride) if isinstance(stride, int) else stride
        self.padding = (padding, padding) if isinstance(padding, int) else padding

    def forward(self, x):
        """Pad, unfold, contract."""
        (pv, ph), (sv, sh) = self.padding, self.stride
        x = F.pad(x, (ph, ph, pv, pv))
        kh, kw = self.weight.shape[2:]
        if kh > x.shape[2] or kw > x.shape[3]:
            raise ValueError("the kernel is larger than the padded image")
        windows = x.unfold(2, kh, sv).unfold(3, kw, sh)
        y = torch.einsum("nchwij,ocij->nohw", windows, self.weight)
        return y if self.bias is None else y + self.bias[:, None, None]


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Build the layer and call it."""
    return Conv(weight, bias, stride, padding)(x)
