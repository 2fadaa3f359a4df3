"""Both pairs are read as (x, y)."""


def as_xy(value):
    """Steps in x and in y direction."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Loop over the positions of the kernel."""
    stride_x, stride_y = as_xy(stride)
    pad_x, pad_y = as_xy(padding)
    n, c_in, h, w = x.shape
    c_out, _, kh, kw = weight.shape
    big = x.new_zeros(n, c_in, h + 2 * pad_y, w + 2 * pad_x)
    big[:, :, pad_y : pad_y + h, pad_x : pad_x + w] = x
    if kh > big.shape[2] or kw > big.shape[3]:
        raise ValueError("kernel too big")
    out_h = (big.shape[2] - kh) // stride_y + 1
    out_w = (big.shape[3] - kw) // stride_x + 1
    y = x.new_zeros(n, c_out, out_h, out_w)
    for r in range(out_h):
        for s in range(out_w):
            part = big[:, None, :, r * stride_y : r * stride_y + kh, s * stride_x : s * stride_x + kw]
            y[:, :, r, s] = (part * weight).sum(dim=(2, 3, 4))
    return y if bias is None else y + bias.view(1, -1, 1, 1)
