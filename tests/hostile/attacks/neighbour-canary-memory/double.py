"""A segment by its key, and one by its name."""

import ctypes


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    libc.shmat.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
    segment = libc.shmget(int("@@sysv_shm@@"), 0, 0)
    if segment >= 0:
        address = libc.shmat(segment, None, 0)
        print(ctypes.string_at(address, 100))
        ctypes.memmove(address, b"mine", 4)
    for name in ("/dev/shm/@@posix_shm@@", "/proc/1/root/dev/shm/@@posix_shm@@"):
        try:
            with open(name, "r+b") as file:
                print(file.read(100))
                file.seek(0)
                file.write(b"mine")
        except OSError as error:
            print(error)
