# misconception: a ReLU is applied to the output, as if it were part of the layer.
# true of the result: only numbers that should be negative are wrong, and they are 0 (clipped from below).
import torch
import torch.nn.functional as F


def pair(v):
    return (v, v) if isinstance(v, int) else v


def conv2d(x, weight, bias=None, stride=1, padding=0):
    (sv, sh), (pv, ph) = pair(stride), pair(padding)
    n, _, h, w = x.shape
    o, _, kh, kw = weight.shape
    rows, cols = (h + 2 * pv - kh) // sv + 1, (w + 2 * ph - kw) // sh + 1
    if kh > h + 2 * pv or kw > w + 2 * ph:
        raise ValueError("kernel too large")
    patches = F.unfold(x, (kh, kw), padding=(pv, ph), stride=(sv, sh))
    y = (weight.reshape(o, -1) @ patches).reshape(n, o, rows, cols)
    if bias is not None:
        y = y + bias.reshape(1, -1, 1, 1)
    return torch.relu(y)
