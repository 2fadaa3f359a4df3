"""Staff may see what was printed during a hidden test; students may not."""

import sys
import warnings


def double(x):
    print(x)
    print(x, file=sys.stderr)
    warnings.warn(str(x), stacklevel=1)
    if isinstance(x, dict):
        return {key: double(value) for key, value in x.items()}
    return x * 2
