"""Every limit that can be raised is none."""

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


import resource


@once
def double(x):
    for name in ("NOFILE", "FSIZE", "DATA", "NPROC", "CORE", "STACK"):
        number = getattr(resource, f"RLIMIT_{name}")
        soft, hard = resource.getrlimit(number)
        if hard == resource.RLIM_INFINITY:
            continue
        try:
            resource.setrlimit(number, (hard + 1, hard + 1))
            succeeded(name)
        except (OSError, ValueError) as error:
            print(error)
        try:
            resource.prlimit(int("@@victim@@"), number)
            succeeded("limits of another process " + name)
        except (OSError, ValueError) as error:
            print(error)
    if libc.prctl(22, 0, 0, 0, 0) == 0:
        succeeded("no filter any more")
    if libc.prctl(28, 0, 0, 0, 0) == 0 and libc.prctl(8, 1, 0, 0, 0) == 0 and os.getuid() == 0:
        print("securebits")
