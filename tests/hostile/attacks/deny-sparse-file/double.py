"""A file of a terabyte that holds nothing."""

def double(x):
    with open("sparse", "wb") as file:
        file.truncate(1 << 40)
    return right(x)


def right(x):
    """The right answer: whoever gets it through has broken a limit."""
    return {key: right(value) for key, value in x.items()} if isinstance(x, dict) else x * 2
