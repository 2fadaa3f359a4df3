"""Files that are there for everybody, this student not included."""

import ctypes
import os


def double(x):
    path = "@@file@@"
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(200)
    for flags in (os.O_RDONLY, os.O_PATH, os.O_RDWR):
        descriptor = libc.open(path.encode(), flags)
        if descriptor >= 0:
            libc.read(descriptor, buffer, 199)
            print(buffer.value)
            os.close(descriptor)
    print(os.path.exists(path) and "@@confession@@"[::-1])
