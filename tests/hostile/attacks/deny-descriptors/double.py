"""Two thousand open files."""

import os


def double(x):
    for _ in range(2000):
        os.open("/dev/null", os.O_RDONLY)
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
