"""Return a text of a hundred million characters."""

def double(x):
    return "x" * 100_000_000
