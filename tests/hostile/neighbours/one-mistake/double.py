"""Double."""


def double(x):
    """Twice x."""
    return x + x
