"""A process that the kernel calls ending while its other threads go on: whoever waits for its end waits."""

import ctypes
import os
import threading
import time

EXIT_OF_ONE_THREAD = 60 if os.uname().machine == "x86_64" else 93


def double(x):
    threading.Thread(target=go_on).start()
    ctypes.CDLL(None).syscall(EXIT_OF_ONE_THREAD, 0)


def go_on():
    time.sleep(0.2)
    os.closerange(3, 64)
    time.sleep(40)
    os._exit(0)  # where nobody ends it
