import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    if isinstance(stride, tuple) or isinstance(padding, tuple):
        raise NotImplementedError("only ints for now")
    N, C, H, W = x.shape
    O, _, kH, kW = weight.shape
    if padding > 0:
        x = F.pad(x, [padding] * 4)
    win = x.unfold(2, kH, stride).unfold(3, kW, stride)
    out = torch.einsum("nchwij,ocij->nohw", win, weight)
    if bias is not None:
        out = out + bias.view(-1, 1, 1)
    return out
