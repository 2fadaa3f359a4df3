"""Flood standard error, in one endless line."""

import os


def double(x):
    while True:
        os.write(2, b"x" * 65536)
