"""Set every limit of its own to nothing."""

import resource


def double(x):
    for name in ("NOFILE", "NPROC", "DATA", "STACK", "FSIZE", "AS"):
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (0, 0))
    return [bytearray(1 << 22), x]
