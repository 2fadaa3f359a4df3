"""Hold the interpreter's lock in C."""

import ctypes


def double(x):
    ctypes.PyDLL(None).sleep(30)
