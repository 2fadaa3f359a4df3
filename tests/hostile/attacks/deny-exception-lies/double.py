"""Exceptions whose attributes are not what they should be."""

class Meta(type):
    @property
    def __name__(cls):
        return 10**1000

    @property
    def __mro__(cls):
        raise RuntimeError("no")

    __qualname__ = __name__


class Liar(Exception, metaclass=Meta):
    @property
    def __traceback__(self):
        return "no traceback"

    @property
    def args(self):
        raise MemoryError

    def __str__(self):
        return b"bytes"


def double(x):
    raise Liar
