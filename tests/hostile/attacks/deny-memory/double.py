"""700 MB of private memory."""

def double(x):
    hoard = bytearray(b"x" * (700 << 20))
    return right(x) if hoard[-1] else None


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
