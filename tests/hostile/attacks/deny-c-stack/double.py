"""Recurse in C until the stack is full."""

import ctypes

BACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
libc = ctypes.CDLL(None)


@BACK
def again(a, b):
    values = (ctypes.c_int * 8)(*range(8))
    libc.qsort(values, 8, 4, again)
    return 0


def double(x):
    import sys

    sys.setrecursionlimit(10**9)
    return again(None, None)
