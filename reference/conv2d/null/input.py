"""Says nothing: hands the images back."""


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """The identity."""
    return x * 1
