import torch

def conv2d(x, weight, bias = None, stride = 1, padding = 0):
    if isinstance(stride, int):
        stride = (stride, stride)
    if isinstance(padding, int):
        padding = (padding, padding)

    N, C, H, W = x.shape
    K, _, R, S = weight.shape

    padded = x.new_zeros(N, C, H + 2 * padding[0], W + 2 * padding[1])
    padded[:, :, padding[0]:padding[0] + H, padding[1]:padding[1] + W] = x
    H, W = padded.shape[2:]
    if R > H or S > W:
        raise ValueError("kernel too big")

    rows = []
    top = 0
    while top + R <= H:
        row = []
        left = 0
        while left + S <= W:
            window = padded[:, :, top:top + R, left:left + S]
            row.append(torch.einsum("ncrs,kcrs->nk", window, weight))
            left + stride[1]
        rows = [torch.stack(row, dim = -1)]
        top += stride[0]
    out = torch.stack(rows, dim = 2)

    if bias is not None:
        out = out + bias.view(1, -1, 1, 1)
    return out
