"""Close the channel, stay, and hope that nobody counts."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    """A system call by its number; what it returned, or minus the error."""
    result = libc.syscall(ctypes.c_long(number), *arguments)
    return result if result >= 0 else -ctypes.get_errno()


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


import signal
import time


@once
def double(x):
    libc.prctl(1, 0, 0, 0, 0)
    libc.prctl(36, 1, 0, 0, 0)  # orphans come to us
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        os.setsid()
    except OSError as error:
        print(error)
    if os.fork() == 0:
        signal.alarm(15)
        os.close(3)
        time.sleep(12)
        os._exit(0)
    os.close(3)
    time.sleep(12)
