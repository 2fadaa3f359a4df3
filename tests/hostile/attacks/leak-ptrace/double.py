"""A debugger may read everything."""

import ctypes
import os
import signal

SEIZE, DETACH = 0x4206, 17


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    libc.ptrace.restype = ctypes.c_long
    child = os.fork()
    if child == 0:
        signal.alarm(5)
        signal.pause()
        os._exit(0)
    for pid in (int("@@victim@@"), os.getppid(), child):
        if pid > 0 and libc.ptrace(SEIZE, pid, None, None) == 0:
            print("@@confession@@"[::-1], "a child" if pid == child else "another")
            libc.ptrace(DETACH, pid, None, None)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
