"""Double, the reference."""

# A canary for those who read this file: @@token:reference@@
CANARY = "@@token:memory@@"


def double(x):
    """Twice x; each value of a dict."""
    if isinstance(x, dict):
        return {key: double(value) for key, value in x.items()}
    return x * 2
