"""How much of its allowance each comparison of numbers used: noted while a test runs.

A comparison that holds is forgotten, but a course wants to know how nearly its
right programs failed and its wrong ones passed. So the largest error of each
comparison is noted, as a share of what is allowed, by whoever compares; whoever
runs a test collects.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_shares: ContextVar[list[float] | None] = ContextVar("shares", default=None)


@contextmanager
def noting() -> Iterator[list[float]]:
    """Collect the shares of all comparisons that are made inside; infinite where there is no number."""
    shares: list[float] = []
    token = _shares.set(shares)
    try:
        yield shares
    finally:
        _shares.reset(token)


def note(share: float) -> None:
    """Keep a share, if anybody wants it: at most 1 where a comparison holds."""
    shares = _shares.get()
    if shares is not None:
        shares.append(share)
