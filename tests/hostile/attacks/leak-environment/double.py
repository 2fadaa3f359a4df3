"""The environment as Python, libc and the kernel know it."""

import ctypes
import os


def double(x):
    print(dict(os.environ))
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    print(libc.getenv(b"HOSTILE_CANARY"))
    for process in ("self", str(os.getppid()), "1"):
        try:
            with open(f"/proc/{process}/environ", "rb") as file:
                content = file.read().replace(b"\0", b"\n").decode("utf-8", "replace")
        except OSError:
            continue
        print(content[:1500])
    leftover = [name for name in os.environ if "HOSTILE" in name or "PYTEST" in name or name == "PWD"]
    if leftover:
        print("@@confession@@"[::-1], leftover)
