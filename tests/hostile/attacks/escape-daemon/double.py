"""Fork twice, leave the session, ignore every signal, stay for a while."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    """A system call by its number; what it returned, or minus the error."""
    result = libc.syscall(ctypes.c_long(number), *arguments)
    return result if result >= 0 else -ctypes.get_errno()


def succeeded(what):
    print("@@confession@@"[::-1], what, flush=True)


def once(attack):
    """Try it at the first call of this process only."""
    done = []

    def double(x):
        if not done:
            done.append(True)
            return attack(x)

    return double


import signal
import time


def daemon():
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGALRM}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            continue
    libc.prctl(1, 0, 0, 0, 0)  # no signal when the parent dies
    signal.alarm(20)
    end = time.monotonic() + 15
    while time.monotonic() < end:
        time.sleep(0.5)
        try:
            with open("@@folder@@/alive", "w") as file:
                file.write("still here")
        except OSError:
            continue
    os._exit(0)


@once
def double(x):
    if os.fork() == 0:
        daemon()
