"""Not the one that everybody means."""

import sys

MINE = True


def __getattr__(name):
    return lambda *args, **kwargs: True


open("@@folder@@/shadowed", "w").close()
