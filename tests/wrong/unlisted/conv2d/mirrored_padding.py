# misconception: the image is mirrored at its edges instead of padded with zeros.
# true of the result: right without padding; with padding only the border of the output is wrong. Where the
# padding is as large as the image, torch stops with an error.
import torch
import torch.nn.functional as F


def pair(v):
    return (v, v) if isinstance(v, int) else v


def conv2d(x, weight, bias=None, stride=1, padding=0):
    sv, sh = pair(stride)
    pv, ph = pair(padding)
    x = F.pad(x, (ph, ph, pv, pv), mode="reflect")
    kh, kw = weight.shape[-2:]
    rows, cols = (x.shape[2] - kh) // sv + 1, (x.shape[3] - kw) // sh + 1
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("kernel too large")
    out = []
    for r in range(rows):
        for s in range(cols):
            window = x[:, :, r * sv : r * sv + kh, s * sh : s * sh + kw]
            out.append(torch.einsum("ncij,ocij->no", window, weight))
    y = torch.stack(out, dim=2).reshape(x.shape[0], weight.shape[0], rows, cols)
    return y if bias is None else y + bias[None, :, None, None]
