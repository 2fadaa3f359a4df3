"""The clock is set to what it shows, the name to another: only whether it may be done is asked."""

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


import socket
import time


@once
def double(x):
    try:
        socket.sethostname("hostile")
        succeeded("hostname")
    except OSError as error:
        print(error)
    try:
        time.clock_settime(time.CLOCK_REALTIME, time.time())
        succeeded("clock")
    except OSError as error:
        print(error)
    print(libc.personality(0x0040000))
