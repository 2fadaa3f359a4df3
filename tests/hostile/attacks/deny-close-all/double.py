"""Close everything."""

import os


def double(x):
    os.closerange(0, 300)
    return x
