"""A press with whatever walls this machine has, for all tests."""

import atexit
from functools import cache

import pytest

from grader.press import Press
from grader.sandbox.policy import Confinement


@cache
def _shared() -> Press:
    press = Press(Confinement())
    atexit.register(press.__exit__, None, None, None)
    return press


@pytest.fixture
def press() -> Press:
    return _shared()
