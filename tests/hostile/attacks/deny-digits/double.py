"""A number of ten million digits as text."""

import sys


def double(x):
    sys.set_int_max_str_digits(0)
    return str(1 << 40_000_000)
