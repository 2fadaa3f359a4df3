import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    N, C, H, W = x.shape
    K, _, kh, kw = weight.shape

    # Nullen außen herum
    x = F.pad(x, (padding, padding, padding, padding))

    hoehe = (H + 2 * padding - kh) // stride + 1
    breite = (W + 2 * padding - kw) // stride + 1

    y = torch.zeros(N, K, hoehe, breite, dtype=x.dtype, device=x.device)
    for n in range(N):
        for k in range(K):
            for i in range(hoehe):
                for j in range(breite):
                    fenster = x[n, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
                    y[n, k, i, j] = (fenster * weight[k]).sum()
            if bias is not None:
                y[n, k] = y[n, k] + bias[k]
    return y
