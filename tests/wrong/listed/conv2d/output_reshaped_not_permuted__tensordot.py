import torch
from torch.nn.functional import pad


class Conv:
    def __init__(self, stride, padding):
        self.stride = stride if isinstance(stride, tuple) else (stride,) * 2
        self.padding = padding if isinstance(padding, tuple) else (padding,) * 2

    def __call__(self, x, weight, bias):
        pv, ph = self.padding
        x = pad(x, [ph, ph, pv, pv])
        kh, kw = weight.shape[2], weight.shape[3]
        if x.shape[2] < kh or x.shape[3] < kw:
            raise ValueError("no room for the kernel")
        patches = x.unfold(2, kh, self.stride[0]).unfold(3, kw, self.stride[1])
        n, _, rows, cols = patches.shape[:4]
        y = torch.tensordot(patches, weight, dims=([1, 4, 5], [1, 2, 3]))
        y = y.reshape(n, weight.shape[0], rows, cols)
        if bias is not None:
            y = y + bias[None, :, None, None]
        return y


def conv2d(x, weight, bias=None, stride=1, padding=0):
    return Conv(stride, padding)(x, weight, bias)
