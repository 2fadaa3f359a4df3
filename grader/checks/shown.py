"""That a hidden test is no secret, all of it or a part, because the visible tests have it too.

Points come from hidden tests alone. Where a course lets students see a test that
counts, or how it begins, it stands in both files under one name, and `grader verify`,
which looks for what students must not read, is told so. Nothing else reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


def shown(test: Test) -> Test:
    """Say that students see what the visible test of the same name has of this one."""
    return test
