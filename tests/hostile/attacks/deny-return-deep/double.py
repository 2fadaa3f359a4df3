"""Return a list that is nested a hundred thousand times."""

def double(x):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
