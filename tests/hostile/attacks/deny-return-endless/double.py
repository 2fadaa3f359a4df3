"""Containers that never end while they are packed."""

class Endless(list):
    def __iter__(self):
        while True:
            yield 1

    def __len__(self):
        return 2**40


class Keys(dict):
    def items(self):
        while True:
            yield "key", Endless([1])

    keys = values = __iter__ = items


calls = 0


def double(x):
    global calls
    calls += 1
    return Endless([1]) if calls % 2 else Keys(key=1)
