"""Whoever unpickles this has lost."""

import os


class Bomb:
    def __reduce__(self):
        return os.open, ("@@folder@@/pickled", os.O_CREAT | os.O_WRONLY)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    def __getstate__(self):
        return self.__reduce__()


def double(x):
    return {"answer": Bomb(), "more": [Bomb(), (Bomb(),)]}
