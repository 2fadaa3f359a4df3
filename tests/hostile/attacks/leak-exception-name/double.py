"""What may not be said in a message may be said in a name."""


def double(x):
    if isinstance(x, str):
        raise type(x, (Exception,), {})(x)
    if isinstance(x, dict):
        raise type(list(x)[-1], (ValueError,), {"__module__": list(x)[-1]})
    return x * 2
