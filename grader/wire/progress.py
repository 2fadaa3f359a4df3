"""The worker shows which request it is at, where the judge can see it without asking.

The number stands in the name of the process. The judge reads it when a worker
has died or hangs, to name the right one of several calls that were sent
together; student code may write anything there and gains nothing by it.
"""

import ctypes
import sys

_PR_SET_NAME = 15
_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


def show(number: int) -> None:
    """Name the process after a request; does nothing where processes cannot be named."""
    if _libc is not None:
        _libc.prctl(_PR_SET_NAME, b"request %d" % number, 0, 0, 0)


def shown(pid: int) -> int | None:
    """The number that a process shows, None if it shows none. A process that was not reaped yet has one."""
    try:
        with open(f"/proc/{pid}/comm", "rb") as file:
            word, _, number = file.read(64).strip().partition(b" ")
    except OSError:
        return None
    return int(number) if word == b"request" and number.isdigit() else None
