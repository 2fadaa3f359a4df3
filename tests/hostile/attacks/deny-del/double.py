"""Objects that take for ever to be deleted."""

import time


class Slow:
    def __del__(self):
        time.sleep(30)


def double(x):
    return Slow()
