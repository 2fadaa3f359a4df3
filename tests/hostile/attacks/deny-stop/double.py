"""Stop itself."""

import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
    if os.fork() == 0:
        os.kill(os.getppid(), signal.SIGSTOP)
        os._exit(0)
    os.kill(0, signal.SIGSTOP)
    signal.pause()
