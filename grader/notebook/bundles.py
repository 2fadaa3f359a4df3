"""What a kernel has of an exercise, as if it had been handed in.

The history goes along as a notebook, beside the files that lie beside the real
one: the same rules choose helper modules, and on the far side the same selection
chooses cells, as for a notebook that is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.course import Course, Exercise
from grader.errors import GraderError, UsageError
from grader.findings import UnreadableFile
from grader.notebook.history import History, made_by_exec
from grader.notebook.wanted import defined
from grader.submission import Bundle
from grader.submission.caps import FILE_BYTES, STUDENT, Meter
from grader.submission.place import Entry, whole
from grader.submission.reading import Folder, opened
from grader.submission.student import Handed

NAME = "notebook.ipynb"
"""What the history is called: a kernel does not know what its notebook is called."""


def bundle_of(
    course: Course, exercise: Exercise, history: History, namespace: Mapping[str, Any], folder: Path
) -> Bundle:
    """The bundle of an exercise.

    Args:
        course: The course.
        exercise: One of its exercises, of which the kernel has something.
        history: What the kernel ran.
        namespace: What is defined in it.
        folder: Where its notebook lies.

    Raises:
        UsageError: The source is in no cell.
        GraderError: The folder cannot be read.
    """
    notes: list[str] = []
    for name in defined(exercise, namespace):
        if made_by_exec(namespace[name], name) or not history.defines(name):
            raise UsageError(
                f"{name} was not defined in a cell of this notebook, so its source is not known. "
                "Define it in a cell, or import it from a .py file beside the notebook; then check again."
            )
        number = history.origin(namespace[name], name)
        if number is not None:
            history, undone = history.as_of(name, number)
            notes += [
                f"Cell {late} did not get as far as its {name}; what counts is the one of cell {number}."
                for late in undone
            ]
    bundle = _beside(course, exercise, history.content(), folder)
    return replace(bundle, notes=(*bundle.notes, *notes))


def companions_of(
    course: Course, exercise: Exercise, history: History, namespace: Mapping[str, Any], folder: Path
) -> list[Bundle]:
    """Bundles of the exercises that the tests of this one call too: those that the kernel has whole."""
    return [
        bundle_of(course, companion, history, namespace, folder)
        for companion in map(course.exercise, exercise.companions)
        if len(list(defined(companion, namespace))) == len(companion.entry_points)
        and all(history.defines(point.name) for point in companion.entry_points)
    ]


def _beside(course: Course, exercise: Exercise, content: bytes, folder: Path) -> Bundle:
    meter = Meter(STUDENT)
    known = dict.fromkeys(course.names, ())
    try:
        with ExitStack() as stack:
            place = _WithNotebook(stack.enter_context(opened(folder)), meter, stack, content)
            return Handed(place, known, meter).bundle_of(exercise.name, (NAME,))
    except OSError as error:
        raise GraderError(
            f"The folder '{folder}', where this kernel began, cannot be read ({error.strerror or error}); "
            "restart the kernel."
        ) from None


class _WithNotebook(Folder):
    """A folder in which a notebook lies that is nowhere on disk."""

    def __init__(self, descriptor: int, meter: Meter, stack: ExitStack, content: bytes) -> None:
        super().__init__(descriptor, meter, stack)
        self._content = content

    def entries(self, most: int | None = None) -> list[Entry]:
        """What is in it, the notebook first."""
        others = [entry for entry in super().entries(most) if entry.name != NAME]
        return [Entry(raw=NAME, name=NAME, kind="file"), *others]

    def read(self, entry: Entry, most: int = FILE_BYTES) -> bytes | UnreadableFile:
        """The bytes of a file in it."""
        return whole(NAME, self._content, most) if entry.name == NAME else super().read(entry, most)
