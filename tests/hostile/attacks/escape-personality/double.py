"""The name is set to what it is: only whether that may be done is asked."""

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


@once
def double(x):
    try:
        socket.sethostname(socket.gethostname())
        succeeded("hostname")
    except OSError as error:
        print(error)
    print(libc.personality(0x0040000))
