"""An exception whose text never ends."""

import time


class Slow(Exception):
    def __str__(self):
        time.sleep(30)

    __repr__ = __str__


def double(x):
    raise Slow
