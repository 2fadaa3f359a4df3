import torch

def how_many(size, kernel, step):
    # number of positions at which the kernel fits
    count = 0
    position = 0
    while position + kernel <= size:
        count += 1
        position + step
    return count

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

    out = x.new_zeros(N, K, how_many(H, R, stride[0]), how_many(W, S, stride[1]))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride[0], j * stride[1]
            window = padded[:, :, top:top + R, left:left + S]
            out[:, :, i, j] = torch.einsum("ncrs,kcrs->nk", window, weight)

    if bias is not None:
        out = out + bias.view(1, -1, 1, 1)
    return out
