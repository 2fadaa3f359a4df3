"""prlimit works on every process of the same user."""

import os
import resource


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
    for process in (int("@@victim@@"), os.getppid()):
        if process:
            try:
                resource.prlimit(process, resource.RLIMIT_CORE)
                succeeded(process)
            except OSError as error:
                print(error)
