"""Children that take every core and outlive the call."""

import os
import signal
import time


def double(x):
    for _ in range(6):
        if os.fork() == 0:
            signal.alarm(6)
            end = time.monotonic() + 5
            while time.monotonic() < end:
                pass
            os._exit(0)
    return x
