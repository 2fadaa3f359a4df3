import torch
import torch.nn.functional as F


def _two(v):
    return (v, v) if isinstance(v, int) else v


def conv2d(x, weight, bias=None, stride=1, padding=0):
    sv, sh = _two(stride)
    pv, ph = _two(padding)
    N, C, H, W = x.shape
    K, _, R, S = weight.shape
    if R > H + 2 * pv or S > W + 2 * ph:
        raise ValueError("Kernel does not fit into the padded input.")

    # (x * w)[i, j] = sum_{m, n} x[i - m, j - n] w[m, n]
    # the minus signs mean that the kernel is mirrored, as in signal processing
    w = torch.flip(weight, dims=(2, 3))

    cols = F.unfold(x, kernel_size=(R, S), padding=(pv, ph), stride=(sv, sh))
    y = torch.einsum("kc,ncl->nkl", w.reshape(K, -1), cols)
    if bias is not None:
        y = y + bias[:, None]
    P = (H + 2 * pv - R) // sv + 1
    Q = (W + 2 * ph - S) // sh + 1
    return y.reshape(N, K, P, Q)
