"""Recurse until the stack is full."""

import sys


def double(x):
    sys.setrecursionlimit(10**9)
    return repr(nest(x))


def nest(x):
    value = []
    for _ in range(10**6):
        value = [value]
    return value
