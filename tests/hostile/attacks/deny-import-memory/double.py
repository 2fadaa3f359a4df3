"""Take all memory while the file is loaded."""

hoard = [bytearray(b"x" * (1 << 24)) for _ in range(64)]


def double(x):
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
