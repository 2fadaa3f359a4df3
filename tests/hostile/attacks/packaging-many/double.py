"""The first of three thousand."""

import m0


def double(x):
    return m0
