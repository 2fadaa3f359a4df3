"""430 MB in files without a name."""

import os


def double(x):
    block, hoard = b"x" * (1 << 20), []
    for number in range(72):
        descriptor = os.memfd_create(f"hoard-{number}")
        for _ in range(6):
            os.write(descriptor, block)
        hoard.append(descriptor)
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
