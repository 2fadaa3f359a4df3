"""Whoever opens a file with a lease waits for up to 45 seconds: take one, and hear who opens what."""

import fcntl
import os
import signal


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
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    with open("mine", "w") as file:
        file.write("mine")
    for path in ("mine", os.__file__, fcntl.__file__, "/etc/ld.so.cache"):
        try:
            opened = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        for command, value in ((fcntl.F_SETLEASE, fcntl.F_WRLCK), (fcntl.F_SETLEASE, fcntl.F_RDLCK)):
            try:
                fcntl.fcntl(opened, command, value)
                succeeded(("a lease", path))
                fcntl.fcntl(opened, command, fcntl.F_UNLCK)
            except OSError as error:
                print(path, error)
        os.close(opened)
    folder = os.open(".", os.O_RDONLY)
    try:
        fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_CREATE)
        succeeded("told of a folder")
    except OSError as error:
        print(error)
