"""450 MB of shared memory."""

import mmap


def double(x):
    hoard = []
    for _ in range(28):
        piece = mmap.mmap(-1, 1 << 24)
        piece.write(b"x" * (1 << 24))
        hoard.append(piece)
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
