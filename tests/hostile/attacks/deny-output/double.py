"""Print for as long as there is time."""

import os
import time

done = []


def double(x):
    end = time.monotonic() + 0.5
    while not done and time.monotonic() < end:
        os.write(1, b"all work and no play " * 500 + b"\n")
    done.append(True)
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
