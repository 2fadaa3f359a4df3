"""Four hundred processes at once."""

import os
import signal
import time


def double(x):
    for _ in range(400):
        if os.fork() == 0:
            signal.alarm(5)
            time.sleep(4)
            os._exit(0)
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
