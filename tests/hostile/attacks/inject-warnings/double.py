"""Output goes to the report: bytes that are no UTF-8 among it."""

import os
import warnings


def double(x):
    os.write(1, bytes(range(256)) + b"\xff\xfe\x00\n::error::x\n\xed\xa0\x80")
    os.write(2, b"\x1b]0;title\x07" + "\u202e".encode())
    warnings.warn("\x1b[31m\n::error::x", stacklevel=1)
