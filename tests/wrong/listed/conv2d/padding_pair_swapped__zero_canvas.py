import torch


def two(v):
    if isinstance(v, int):
        return v, v
    return v[0], v[1]


def add_zeros(image, padding):
    left, top = two(padding)
    n, c, rows, cols = image.shape
    canvas = torch.zeros(n, c, rows + 2 * top, cols + 2 * left, dtype=image.dtype, device=image.device)
    canvas[:, :, top : top + rows, left : left + cols] = image
    return canvas


def conv2d(image, kernels, bias=None, stride=1, padding=0):
    image = add_zeros(image, padding)
    down, right = two(stride)
    kr, kc = kernels.shape[2:]
    rows = (image.shape[2] - kr) // down + 1
    cols = (image.shape[3] - kc) // right + 1
    if kr > image.shape[2] or kc > image.shape[3]:
        raise ValueError("the kernel doesn't fit")
    result = 0
    # shift the image under each number of the kernel
    for i in range(kr):
        for j in range(kc):
            seen = image[:, :, i : i + down * rows : down, j : j + right * cols : right][:, :, :rows, :cols]
            result = result + torch.einsum("ncrs,oc->nors", seen, kernels[:, :, i, j])
    if bias is not None:
        result = result + bias[:, None, None]
    return result
