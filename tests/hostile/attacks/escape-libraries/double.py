"""What is loaded later may be written now."""

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


import sys


@once
def double(x):
    import torch

    here = os.path.dirname(torch.__file__)
    for folder in (here, os.path.dirname(os.__file__), *sys.path):
        for name in ("@@marker@@.py", "@@marker@@.pth"):
            try:
                with open(os.path.join(folder or ".", name), "w") as file:
                    file.write("")
                if os.path.abspath(folder or ".") not in (os.getcwd(), os.environ.get("HOME")):
                    succeeded(folder)
            except OSError:
                continue
