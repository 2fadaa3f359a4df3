"""Courses that differ in a few files, side by side in one: each is an exercise of it.

A start of slots takes longer than all that is judged of a tiny course. So the slots
of these courses are one set, which stays for as long as there is something to prove;
they judge one exercise after another, as those of any course do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

from grader.batch.slots import Slots
from grader.course import Course, read_course
from grader.verify import judging

NAME = re.compile(r"\bdouble(?=[/.])|(?<=/test_)double(?=\.py)")
"""The exercise's name where it is one of a folder or a file."""

IMPORTED = re.compile(r"(?<=from )double|(?<=`)double(?=\.py`)")
"""The same in the handout; what the function is called stays."""


def named(text: str, name: str) -> str:
    """Paths of the exercise `double`, in words or by themselves, as those of the exercise `name`."""
    return NAME.sub(name, text)


def side_by_side(root: Path, courses: Mapping[str, Mapping[str, str]]) -> Course:
    """Write one course of several, and read it.

    Args:
        root: Where to.
        courses: The files of each by the name of the exercise that it becomes. What they
            have in common, `course.toml` and the secret, is the last one's.
    """
    for name, files in courses.items():
        for path, text in files.items():
            place = root / named(path, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(IMPORTED.sub(name, text) if place.suffix == ".md" else text)
    manifest = root / "course.toml"
    names = ", ".join(f'"{name}"' for name in courses)
    manifest.write_text(re.sub(r"exercises = .*", f"exercises = [{names}]", manifest.read_text()))
    return read_course(root, staff=True)


class KeptSlots(Slots):
    """Slots that do not end with the proof that they judged for."""

    def __exit__(self, *ended: object) -> None:
        """Stay for the next one."""

    def end(self) -> None:
        """End them."""
        super().__exit__(None, None, None)


class Keeper:
    """Has `verify` use the same slots for each exercise of one course.

    Args:
        course: The course of all of them.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._kept: dict[object, KeptSlots] = {}

    def lend(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Until the end of a test, in which what is only read is not looked at."""
        monkeypatch.setattr(judging, "Slots", self._slots)
        # The examples of a handout import torch. The package's `verify` is the function.
        monkeypatch.setattr(import_module("grader.verify.verify"), "STATIC", ())

    def _slots(self, course: Course, exercises: object, *terms: object, **conditions: object) -> KeptSlots:
        assert course is self.course
        key = (terms, *conditions.values())
        if key not in self._kept:
            self._kept[key] = KeptSlots(course, course.names, *terms, **conditions)
        return self._kept[key]

    def end(self) -> None:
        """End all slots."""
        for slots in self._kept.values():
            slots.end()
