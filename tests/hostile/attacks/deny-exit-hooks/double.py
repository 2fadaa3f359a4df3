"""Threads and exit handlers that never end."""

import atexit
import threading
import time

atexit.register(time.sleep, 60)


def double(x):
    threading.Thread(target=time.sleep, args=(60,)).start()
    raise SystemExit(0)
