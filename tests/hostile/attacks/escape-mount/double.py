"""What was mounted away can be mounted back."""

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
    attempts = (
        (b"tmpfs", b"@@folder@@", b"tmpfs", 0),
        (b"proc", b".", b"proc", 0),
        (b"/", b".", None, 4096),  # bind
        (b"@@folder@@", b"@@folder@@", None, 4096),
        (b"sysfs", b".", b"sysfs", 0),
        (b"cgroup", b".", b"cgroup", 0),
    )
    for source, target, kind, flags in attempts:
        if libc.mount(source, target, kind, flags, None) == 0:
            succeeded(target)
            if target != b"@@folder@@":
                libc.umount2(target, 2)
        else:
            print(os.strerror(ctypes.get_errno()))
    for number, arguments in {
        430: (b"tmpfs", 0),
        428: (-100, b"/", 1),
        433: (-100, b"/", 0),
        432: (3, 0, 0),
    }.items():
        if call(number, *arguments) > 3:
            succeeded(number)
