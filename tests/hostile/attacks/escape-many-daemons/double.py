"""Each of them is another process every fifth of a second."""

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
    for number in range(50):
        if os.fork() == 0:
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals() - {signal.SIGALRM})
            signal.alarm(12)
            os.setsid()
            libc.prctl(15, b"hostile %d" % number, 0, 0, 0)
            end = time.monotonic() + 10
            while time.monotonic() < end:
                if os.fork():  # hop from one process id to the next
                    os._exit(0)
                signal.alarm(12)
                time.sleep(0.2)
            os._exit(0)
