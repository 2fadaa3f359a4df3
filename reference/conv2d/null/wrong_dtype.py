"""Says nothing: the right numbers, in float64 for float32 and in float32 for float64."""

import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Each number is right, the dtype is not."""
    (sv, sh), (pv, ph) = (v if isinstance(v, tuple) else (v, v) for v in (stride, padding))
    rows = (x.shape[2] + 2 * pv - weight.shape[2]) // sv + 1
    columns = F.unfold(x, weight.shape[2:], stride=(sv, sh), padding=(pv, ph))
    y = weight.flatten(1) @ columns + (0 if bias is None else bias[:, None])
    other = torch.float32 if x.dtype == torch.float64 else torch.float64
    return y.unflatten(2, (rows, -1)).to(other)
