"""The file descriptors that this process has open."""

import os


def descriptors() -> set[int]:
    listing = os.listdir("/proc/self/fd")
    return {int(name) for name in listing if os.path.exists(f"/proc/self/fd/{name}")}
