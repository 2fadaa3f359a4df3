"""Says nothing: the right numbers, with a dimension too many."""

import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Each number is right, the shape is not."""
    (sv, sh), (pv, ph) = (v if isinstance(v, tuple) else (v, v) for v in (stride, padding))
    rows = (x.shape[2] + 2 * pv - weight.shape[2]) // sv + 1
    columns = F.unfold(x, weight.shape[2:], stride=(sv, sh), padding=(pv, ph))
    y = weight.flatten(1) @ columns + (0 if bias is None else bias[:, None])
    return y.unflatten(2, (rows, -1)).unsqueeze(0)
