"""The course's TOML files as students get them: written anew, never copied.

Of course.toml only named keys go along, so that a key that is added one day stays
with the staff until somebody decides otherwise. Nothing that is no data survives:
comments are where staff keep their thoughts.
"""

from enum import Enum
from typing import Any

import tomli_w

from grader.course.manifest import CourseManifest, ExerciseManifest

HEADER = "# Made by `grader release`: a course as its students have it.\n"
"""The first line of a released course.toml; whatever has it may be brought up to date."""

KEPT = (
    "name",
    "exercises",
    "reveal",
    "timezone",
    "attempts",
    "drop_lowest",
    "due",
    "late",
    "weights",
)
"""Keys of course.toml that students may know: what is asked of them, by when, and what counts."""

STAFFS = ("secret", "sample", "isolation", "extensions")
"""Keys that they may not: how hidden inputs are drawn, how a class is graded, other students' names."""


def course_toml(manifest: CourseManifest) -> str:
    """course.toml for students."""
    # A date with a time is a date too, which pydantic would warn of.
    told = _written(manifest.model_dump(include={*KEPT}, exclude_unset=True, warnings=False))
    if not manifest.due:
        # Dates may be given by extensions alone; without them nothing is due, and nothing can be late.
        told.pop("late", None)
    return HEADER + tomli_w.dumps(told)


def exercise_toml(manifest: ExerciseManifest) -> str:
    """exercise.toml for students: all of it, since their own checks go by it, but no comments."""
    return tomli_w.dumps(_written(manifest.model_dump(exclude_unset=True)))


def _written(value: Any) -> Any:
    """`value` in the types that TOML has."""
    match value:
        case Enum():
            return value.value
        case dict():
            return {key: _written(each) for key, each in value.items() if each is not None}
        case list() | tuple():
            return [_written(each) for each in value]
        case _:
            return value
