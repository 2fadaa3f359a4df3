"""Six children with 150 MB each."""

import os
import signal
import time


def double(x):
    reading, writing = os.pipe()
    children = []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            signal.alarm(4)
            os.close(3)
            hoard = bytearray(b"x" * (150 << 20))
            os.write(writing, b"1" if hoard[-1] else b"0")
            time.sleep(2)
            os._exit(0)
        children.append(child)
    os.close(writing)
    done = b""
    while len(done) < 6:
        more = os.read(reading, 6)
        if not more:
            raise MemoryError
        done += more
    for child in children:
        os.kill(child, signal.SIGKILL)
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
