"""Double."""

# @@token:neighbour@@


def double(x):
    """Twice x."""
    print("doubling a", type(x).__name__)
    if isinstance(x, dict):
        return {key: double(value) for key, value in x.items()}
    return x * 2
