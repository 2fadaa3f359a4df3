"""Right: all windows as one as_strided view, zeros written around the image by hand."""


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Strides of memory, then one matrix product for each window."""
    pair = lambda value: (value, value) if isinstance(value, int) else value  # noqa: E731
    (sv, sh), (pv, ph) = pair(stride), pair(padding)
    n, c, h, w = x.shape
    o, _, kh, kw = weight.shape
    canvas = x.new_zeros(n, c, h + 2 * pv, w + 2 * ph)
    canvas[:, :, pv : pv + h, ph : ph + w] = x
    if kh > canvas.shape[2] or kw > canvas.shape[3]:
        raise ValueError("kernel does not fit")
    oh, ow = (h + 2 * pv - kh) // sv + 1, (w + 2 * ph - kw) // sh + 1
    a, b, d, e = canvas.stride()
    windows = canvas.as_strided((n, oh, ow, c, kh, kw), (a, d * sv, e * sh, b, d, e))
    y = windows.reshape(n * oh * ow, -1) @ weight.reshape(o, -1).t()
    y = y.view(n, oh, ow, o).permute(0, 3, 1, 2)
    return y + bias[None, :, None, None] if bias is not None else y
