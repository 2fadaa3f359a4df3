"""A file of 64 MB."""

def double(x):
    with open("large", "wb") as file:
        for _ in range(64):
            file.write(b"x" * (1 << 20))
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
