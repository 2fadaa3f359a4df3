"""SIGURG is ignored by whoever does not ask for it: a bell at every door, and nobody is hurt."""

import os
import signal


def double(x):
    for pid in (-1, 0, int("@@victim@@"), 1, os.getppid()):
        try:
            os.kill(pid, signal.SIGURG)
        except OSError as error:
            print(pid < 1, error.strerror)
    for pid in range(2, 2000):
        try:
            os.kill(pid, signal.SIGURG)
        except OSError:
            continue
