"""Call a plain hidden test without pytest's protocol around it.

pytest's set-up and tear-down cost about 1 ms a test, which over a class is a
third of the judge's time. A hidden test that asks for nothing but the judge's own
fixtures needs none of it: those are made here, the function is called, and what
it raises is what pytest would have seen. Anything more (fixtures, marks, classes
or set-up functions of the course's own) goes through pytest as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

MARKS = frozenset({"points", "parametrize"})
"""Marks that say nothing about how a test is run; the only parameter that is let through is the device."""

Makers = Mapping[str, Callable[[pytest.Function], Any]]
"""For each of the judge's fixtures, what gives its value for a test."""


def arguments(item: pytest.Item, ours: str, fixtures: frozenset[str]) -> tuple[str, ...] | None:
    """What a plain test asks for by name; None if the test needs more than the judge's own fixtures.

    Args:
        item: The test.
        ours: The module that the judge's fixtures are written in; a course may have others of their names.
        fixtures: Their names, those included that run unasked.
    """
    if type(item) is not pytest.Function or item.cls is not None:
        return None
    if any(mark.name not in MARKS for mark in item.iter_markers()):
        return None
    if set(item.callspec.params if hasattr(item, "callspec") else ()) - {"device"}:
        return None
    # Where pytest keeps it has no public name; without it every test goes through pytest.
    info = getattr(item, "_fixtureinfo", None)
    if info is None or not set(item.fixturenames) - {"device", "request"} <= fixtures:
        return None
    for name in fixtures.intersection(item.fixturenames) - {"device"}:
        if name in info.name2fixturedefs and info.name2fixturedefs[name][-1].func.__module__ != ours:
            return None
    return tuple(info.argnames)


def call(item: pytest.Function, names: tuple[str, ...], makers: Makers) -> BaseException | None:
    """Run a plain test with what it asks for; what it raised, or None.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    try:
        item.obj(**{name: makers[name](item) for name in names})
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a test raises is its outcome
        return error
    return None
