"""How much a hidden test is worth.

A marker, so that tests stay plain pytest: the judge reads it, and any pytest
can collect a test that carries it.
"""

from __future__ import annotations

import pytest


def points(value: float, *, numeric: bool = True) -> pytest.MarkDecorator:
    """Give a test `value` points.

    Args:
        value: Points for passing on every device asked for; 0 for a test that
            only informs.
        numeric: Whether the test compares numbers, so that answers such as
            all zeros, all ones, the input or NaN must fail it.
    """
    return pytest.mark.points(value, numeric=numeric)
