"""Nothing that earns a point."""


def double(x):
    return None
