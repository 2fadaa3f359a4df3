# misconception: the kernel is turned upside down (its rows reversed) before it slides; its columns are not.
# true of the result: right for kernels of one row; wrong everywhere for others.
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
    rows, cols = (x.shape[2] - kh) // sv + 1, (x.shape[3] - kw) // sh + 1
    y = 0
    for i in range(kh):
        for j in range(kw):
            part = x[:, :, i : i + sv * (rows - 1) + 1 : sv, j : j + sh * (cols - 1) + 1 : sh]
            y = y + torch.einsum("ncrs,oc->nors", part, weight[:, :, kh - 1 - i, j])
    return y if bias is None else y + bias[:, None, None]
