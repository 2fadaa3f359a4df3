"""No file is opened: the kernel copies from one process to another."""

import ctypes
import os


class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(1 << 16)
    for pid in (int("@@victim@@"), os.getppid()):
        local, remote = Piece(ctypes.addressof(buffer), 64), Piece(id(buffer), 64)
        read = libc.process_vm_readv(pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
        print(read, os.strerror(ctypes.get_errno()))
        if pid > 0 and (read > 0 or ctypes.get_errno() == 14):  # EFAULT: allowed, only the address is wrong
            print("@@confession@@"[::-1])
