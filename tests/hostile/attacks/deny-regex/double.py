"""A regular expression that takes for ever."""

import re


def double(x):
    return re.match("(a+)+$", "a" * 60 + "b")
