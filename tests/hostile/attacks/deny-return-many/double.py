"""Return a million items."""

def double(x):
    return list(range(1_000_000))
