import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    sv, sh = (stride, stride) if isinstance(stride, int) else stride
    pv, ph = (padding, padding) if isinstance(padding, int) else padding
    N, Cin, H, W = x.shape
    Cout, _, kH, kW = weight.shape
    if kH > H + 2 * pv or kW > W + 2 * ph:
        raise ValueError("noyau trop grand")

    # (f * g)[n] = somme_k f[k] g[n - k] : il faut retourner le noyau
    noyau = torch.flip(weight, dims=(2, 3))
    xp = F.pad(x, (0, 2 * ph, 0, 2 * pv))
    fenetres = xp.unfold(2, kH, sv).unfold(3, kW, sh)
    y = torch.einsum("nchwij,ocij->nohw", fenetres, noyau)
    if bias is not None:
        y = y + bias.reshape(1, -1, 1, 1)
    return y
