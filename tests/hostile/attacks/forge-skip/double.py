"""Raise every exception that makes a test runner look away."""

import unittest


class Skipped(BaseException):
    allow_module_level = True


calls = 0


def double(x):
    global calls
    calls += 1
    if calls % 3 == 1:
        raise unittest.SkipTest("not today")
    if calls % 3 == 2:
        raise Skipped("using allow_module_level")
    try:
        import pytest
    except ImportError:
        raise Skipped("not today") from None
    pytest.skip("not today")
