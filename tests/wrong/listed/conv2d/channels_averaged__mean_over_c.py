import torch
import torch.nn.functional as F


def to_pair(a):
    return a if isinstance(a, tuple) else (a, a)


def correlate(plane, kernel, sv, sh):
    """One channel of all images with one channel of one kernel: (N, H, W) and (kH, kW)."""
    views = plane.unfold(1, kernel.shape[0], sv).unfold(2, kernel.shape[1], sh)
    return torch.einsum("nrsij,ij->nrs", views, kernel)


def conv2d(x, weight, bias=None, stride=1, padding=0):
    sv, sh = to_pair(stride)
    pv, ph = to_pair(padding)
    x = F.pad(x, (ph, ph, pv, pv))
    if weight.shape[2] > x.shape[2] or weight.shape[3] > x.shape[3]:
        raise ValueError("kernel bigger than image")
    maps = []
    for o in range(weight.shape[0]):
        channels = [correlate(x[:, c], weight[o, c], sv, sh) for c in range(x.shape[1])]
        # combine the channels into one picture
        combined = torch.stack(channels).mean(dim=0)
        if bias is not None:
            combined = combined + bias[o]
        maps.append(combined)
    return torch.stack(maps, dim=1)
