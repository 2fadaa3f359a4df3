"""Be right once, and kill every worker afterwards."""

import os

calls = 0


def double(x):
    global calls
    calls += 1
    if calls > 1:
        os.kill(os.getpid(), 11)
        os._exit(9)
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
