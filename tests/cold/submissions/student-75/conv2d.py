import torch

def conv2d(x, weight, bias=None, stride=1, padding=0):
    N, C_in, H, W = x.shape
    C_out, C_in, kH, kW = weight.shape
    outH = (H + 2 * padding - kH) // stride + 1
    outW = (W + 2 * padding - kW) // stride + 1
    out = torch.zeros((N, C_out, outH, outW)
    for n in range(N):
        for o in range(C_out):
            for r in range(outH):
                for s in range(outW):
                    out[n, o, r, s] = torch.sum(x[n, :, r:r+kH, s:s+kW] * weight[o])
    return out
