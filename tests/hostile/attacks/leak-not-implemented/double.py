"""The stub's exception is treated kindly, and perhaps carelessly."""


def double(x):
    if isinstance(x, str | dict):
        raise NotImplementedError(x if isinstance(x, str) else list(x)[-1])
    return x * 2
