"""An exception with a message of a hundred megabytes."""

def double(x):
    raise ValueError("x" * 100_000_000)
