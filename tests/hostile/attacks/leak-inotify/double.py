"""A file that is seen in many places is one file: hear of every use of it."""

import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)


def succeeded(what):
    print("@@confession@@"[::-1], what, flush=True)


def once(attack):
    """Try it at the first call of this process only."""
    done = []

    def double(x):
        if not done:
            done.append(True)
            return attack(x)

    return double


@once
def double(x):
    heard = libc.inotify_init1(os.O_NONBLOCK)
    if heard < 0:
        return print(os.strerror(ctypes.get_errno()))
    watched = libc.inotify_add_watch(heard, os.path.dirname(os.__file__).encode(), 0x20)  # IN_OPEN
    time.sleep(0.2)
    succeeded(("it watches", watched >= 0))
    os.close(heard)
