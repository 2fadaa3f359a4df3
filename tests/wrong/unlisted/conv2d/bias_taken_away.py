# misconception: the bias is subtracted, as a threshold of a neuron would be.
# true of the result: wrong only in calls with a bias; each output channel is off by a number of its own
# (minus twice its bias).
import torch
import torch.nn.functional as F


def pair(v):
    return (v, v) if isinstance(v, int) else v


def conv2d(x, weight, bias=None, stride=1, padding=0):
    (sv, sh), (pv, ph) = pair(stride), pair(padding)
    x = F.pad(x, (ph, ph, pv, pv))
    kh, kw = weight.shape[2:]
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("kernel too large")
    y = torch.einsum("ncrsij,ocij->nors", x.unfold(2, kh, sv).unfold(3, kw, sh), weight)
    return y if bias is None else y - bias[:, None, None]
