"""What the kernel keeps when nobody keeps it any more."""

import ctypes

KEY = int("@@new_key@@")


def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    shared = libc.shmget(KEY, 4096, 0o1000 | 0o666)
    semaphore = libc.semget(KEY, 1, 0o1000 | 0o666)
    queue = libc.msgget(KEY, 0o1000 | 0o666)
    print(shared, semaphore, queue)
    if semaphore >= 0:
        libc.semctl(semaphore, 0, 0)
    if queue >= 0:
        libc.msgctl(queue, 0, None)
