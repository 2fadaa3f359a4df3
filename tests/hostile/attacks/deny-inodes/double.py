"""A hundred thousand files."""

import os
import time


def double(x):
    end = time.monotonic() + 0.8
    made = 0
    for number in range(100_000):
        os.close(os.open(f"f{number}", os.O_CREAT | os.O_WRONLY))
        made += 1
        if time.monotonic() > end:
            break
    if made < 15_000:
        raise OSError("too slow to do harm")
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
