"""Which exercises a check is about: from a function, a name, or what is defined.

A function or class is known by the name that it has in the kernel, because that
is what an exercise asks for. What cannot be meant ends in a sentence that says
what could be.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.course import Course, Exercise
from grader.errors import UsageError, suggestion


def wanted(
    course: Course, namespace: Mapping[str, Any], folder: Path, what: tuple[object, ...]
) -> list[Exercise]:
    """The exercises to check, in the order asked for, each once.

    Args:
        course: The course.
        namespace: What is defined in the kernel.
        folder: Where the notebook lies.
        what: Functions, classes or names; () for all that is defined.

    Raises:
        UsageError: It is nothing that an exercise asks for, or not defined yet.
    """
    if not what:
        return _all(course, namespace, folder)
    names = [each if isinstance(each, str) else _name_of(each, course, namespace) for each in what]
    exercises = [_exercise(course, name) for name in names]
    for exercise in exercises:
        if not any(defined(exercise, namespace)):
            asked = " and ".join(course.entry_points[exercise.name])
            raise UsageError(
                f"{asked} is not defined here yet: run the cell that defines it, then check again."
            )
    return list({exercise.name: exercise for exercise in exercises}.values())


def defined(exercise: Exercise, namespace: Mapping[str, Any]) -> Iterator[str]:
    """Those of an exercise's entry points that the kernel has."""
    return (point.name for point in exercise.entry_points if callable(namespace.get(point.name)))


def _all(course: Course, namespace: Mapping[str, Any], folder: Path) -> list[Exercise]:
    found = [
        exercise
        for exercise in course.exercises
        if any(_is_hers(namespace[name], folder) for name in defined(exercise, namespace))
    ]
    if not found:
        raise UsageError(
            f"Nothing that an exercise asks for is defined here yet; this course asks for {_points(course)}. "
            "Run the cell that defines it, then check again."
        )
    return found


def _is_hers(thing: object, folder: Path) -> bool:
    """Whether something was defined in the notebook, or in a file beside it: not torch's own softmax."""
    name = getattr(thing, "__module__", None)
    if name == "__main__":
        return True
    file = getattr(sys.modules.get(name or ""), "__file__", None)
    return file is not None and Path(file).absolute().parent == folder


def _name_of(thing: object, course: Course, namespace: Mapping[str, Any]) -> str:
    asked = [name for points in course.entry_points.values() for name in points]
    for name in asked:
        if namespace.get(name) is thing:
            return name
    called = getattr(thing, "__name__", None)
    if isinstance(called, str) and callable(thing):
        if called in asked:  # another of that name: torch's, or one that was redefined since
            raise UsageError(
                f"This is not the {called} that is defined here: define your own under that name, "
                "run its cell, then check again."
            )
        raise UsageError(
            f"No exercise asks for {called}.{suggestion(called, asked)} "
            f"This course asks for {_points(course)}; define it under that name."
        )
    raise UsageError(
        f"A check is of a function or class, not of a value of type {type(thing).__name__}: "
        f"write check({asked[0]}), without calling it."
    )


def _exercise(course: Course, name: str) -> Exercise:
    for exercise in course.exercises:
        if name not in course.names and name in course.entry_points[exercise.name]:
            return exercise
    return course.exercise(name)


def _points(course: Course) -> str:
    return ", ".join(name for points in course.entry_points.values() for name in points)
