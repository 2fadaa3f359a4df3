"""Whoever can call can tell."""

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
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", int("@@tcp4@@"))),
        (socket.AF_INET6, ("::1", int("@@tcp6@@"))),
    ):
        try:
            with socket.socket(family) as caller:
                caller.settimeout(0.3)
                caller.connect(address)
        except OSError as error:
            print(error)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
            caller.sendto(b"hello", ("127.0.0.1", int("@@udp4@@")))
    except OSError as error:
        print(error)
    for family, kind, protocol in ((2, 3, 1), (17, 3, 0x300), (16, 3, 0), (40, 1, 0), (38, 5, 0), (21, 5, 0), (2, 1, 262)):
        try:
            socket.socket(family, kind, protocol).close()
            succeeded((family, kind, protocol))
        except OSError as error:
            print(error)
