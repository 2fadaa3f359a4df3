import torch
from torch import Tensor


def conv2d(x: Tensor, weight: Tensor, bias=None, stride=1, padding=0):
    strideV, strideH = (stride, stride) if type(stride) is int else stride
    padV, padH = (padding, padding) if type(padding) is int else padding
    n, cIn, h, w = x.shape
    cOut, _, kH, kW = weight.shape
    if kH > h + 2 * padV or kW > w + 2 * padH:
        raise ValueError("kernel too large")
    outH = (h + 2 * padV - kH) // strideV + 1
    outW = (w + 2 * padH - kW) // strideH + 1
    result = []
    for b in range(n):
        image = []
        for o in range(cOut):
            plane = []
            for r in range(outH):
                row = []
                for s in range(outW):
                    acc = float(bias[o]) if bias is not None else 0.0
                    for c in range(cIn):
                        for i in range(kH):
                            for j in range(kW):
                                yy = r * strideV + i - padV
                                xx = s * strideH + j - padH
                                if 0 <= yy < h and 0 <= xx < w:
                                    acc += float(x[b, c, yy, xx] * weight[o, c, i, j])
                    row.append(acc)
                plane.append(row)
            image.append(plane)
        result.append(image)
    return result
