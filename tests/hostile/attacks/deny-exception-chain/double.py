"""A hundred thousand exceptions, each the cause of the next."""

def double(x):
    error = None
    for number in range(100_000):
        following = ValueError(number)
        following.__cause__ = error
        error = following
    raise error
