"""A thread that takes the lock once the call has returned."""

import ctypes
import threading
import time


def hold():
    time.sleep(0.01)
    ctypes.PyDLL(None).sleep(30)


def double(x):
    threading.Thread(target=hold, daemon=True).start()
    return x
