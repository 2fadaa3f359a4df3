import torch
from torch.nn import functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """2d cross-correlation with Tensor.unfold."""
    if isinstance(stride, int):
        stride = (stride, stride)
    if isinstance(padding, int):
        padding = (padding, padding)

    stride_x, stride_y = stride
    pad_y, pad_x = padding

    x = F.pad(x, (pad_x, pad_x, pad_y, pad_y))
    k_y, k_x = weight.shape[2], weight.shape[3]
    if k_y > x.shape[2] or k_x > x.shape[3]:
        raise ValueError("kernel does not fit")

    patches = x.unfold(2, k_y, stride_y).unfold(3, k_x, stride_x)
    out = torch.tensordot(patches, weight, dims=([1, 4, 5], [1, 2, 3]))
    out = out.permute(0, 3, 1, 2)
    if bias is not None:
        out = out + bias.view(-1, 1, 1)
    return out
