"""Says nothing: ones of the right shape."""


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Only the shape is right."""
    (sv, sh), (pv, ph) = (v if isinstance(v, tuple) else (v, v) for v in (stride, padding))
    rows = (x.shape[2] + 2 * pv - weight.shape[2]) // sv + 1
    columns = (x.shape[3] + 2 * ph - weight.shape[3]) // sh + 1
    return x.new_ones((len(x), len(weight), rows, columns))
