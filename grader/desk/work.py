"""A student's work: which of the files around her is which exercise.

Her files lie in the folder that she works in (`softmax.py`), in folders as `grader
start` lays them out (`softmax/softmax.py`), or in the course's own exercises folder
when she works in place. A notebook of another name counts for what it defines and no
file of its own holds. Of several files of one exercise the first that is started counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.desk.progress import progress_folder

if TYPE_CHECKING:
    from grader.course import Course, Exercise
    from grader.submission import Bundle

ENDINGS = (".py", ".ipynb")

_UNFINISHED = b"raise NotImplementedError"

_NOTEBOOKS = 20
"""Notebooks of other names that are looked into: more than these are an archive, not an evening's work."""

_LARGEST = 20_000_000
"""Bytes of a notebook that is looked into; what is larger holds data."""


@dataclass(frozen=True)
class Target:
    """A file, as an exercise.

    Attributes:
        exercise: The exercise.
        path: The file.
    """

    exercise: Exercise
    path: Path


@dataclass(frozen=True)
class Around:
    """What lies around a student.

    Attributes:
        works: What is started, in the course's order; one file for each exercise.
        waiting: Stubs that nobody has filled in, likewise.
        passed_over: For each exercise that is there more than once, the started files that do not count.
    """

    works: tuple[Target, ...]
    waiting: tuple[Target, ...]
    passed_over: dict[str, tuple[Path, ...]]

    def of(self, exercise: str) -> Target | None:
        """The file that counts for an exercise, started or not; None if there is none."""
        return next((work for work in (*self.works, *self.waiting) if work.exercise.name == exercise), None)


def look_around(course: Course, here: Path) -> Around:
    """What lies around a student who works in `here`: there, and in the folder that she began in."""
    return _look(course, places(course, here))


def look_in(course: Course, folder: Path) -> Around:
    """What lies in one folder and in those of exercises below it."""
    return _look(course, [folder])


def places(course: Course, here: Path) -> list[Path]:
    """Folders in which a student's files may lie, and in which those of exercises do: best first."""
    folders = [here, progress_folder(course, here)]
    if here.is_relative_to(course.root):
        folders.append(course.root / "exercises")
    return list(dict.fromkeys(folders))


def _look(course: Course, folders: Sequence[Path]) -> Around:
    works: list[Target] = []
    waiting: list[Target] = []
    passed_over: dict[str, tuple[Path, ...]] = {}
    shared = _shared_notebooks(course, folders)
    for exercise in course.exercises:
        paths = _files(exercise, folders)
        begun = [path for path in paths if is_started(path, exercise)]
        begun += [path for path, names in shared.items() if exercise.name in names]
        if begun:
            works.append(Target(exercise, begun[0]))
            if len(begun) > 1:
                passed_over[exercise.name] = tuple(begun[1:])
        elif untouched := [path for path in paths if not _same(path, exercise.stub)]:
            waiting.append(Target(exercise, untouched[0]))
    return Around(tuple(works), tuple(waiting), passed_over)


def target_of(exercise: Exercise, course: Course, here: Path) -> Target | None:
    """The file that counts for an exercise, be it only the stub; None if there is none."""
    if (found := look_around(course, here).of(exercise.name)) is not None:
        return found
    paths = files_of(exercise, course, here)  # in place, and nothing is filled in
    return Target(exercise, paths[0]) if paths else None


def files_of(exercise: Exercise, course: Course, here: Path) -> list[Path]:
    """Where a student's file of `exercise` may be, seen from `here`: those that are there, best first."""
    return _files(exercise, places(course, here))


def _files(exercise: Exercise, folders: Sequence[Path]) -> list[Path]:
    """Where a student's file of `exercise` may be: those that are there, best first."""
    places = [place for folder in folders for place in (folder, folder / exercise.name)]
    paths = [place / f"{exercise.name}{ending}" for place in places for ending in ENDINGS]
    return [path for path in dict.fromkeys(paths) if path.is_file()]


def is_started(path: Path, exercise: Exercise) -> bool:
    """Whether a file is more than the untouched stub."""
    try:
        content, stub = path.read_bytes(), exercise.stub.read_bytes()
        in_place = path.samefile(exercise.stub)
    except OSError:
        return True  # whoever reads it next says what is wrong
    if in_place:  # no stub is left to compare with: each unfinished part raises
        return content.count(_UNFINISHED) < len(exercise.entry_points)
    return content != stub if path.suffix == ".py" else _is_filled_in(content, stub)


def _is_filled_in(notebook: bytes, stub: bytes) -> bool:
    """Whether one of the lines with which the stub's parts raise is gone from a notebook."""
    lines = [line.strip().decode(errors="replace") for line in stub.splitlines() if _UNFINISHED in line]
    return not lines or any(json.dumps(line)[1:-1].encode() not in notebook for line in lines)


def defined_in(content: bytes, course: Course) -> tuple[Exercise, ...]:
    """The exercises of which a file of any name defines something, in the course's order.

    The bytes are searched, and nothing is parsed: in a notebook each line of code is a text in JSON.
    """
    return tuple(
        exercise
        for exercise in course.exercises
        if any(_definition(point.name).search(content) for point in exercise.entry_points)
    )


def _definition(name: str) -> re.Pattern[bytes]:
    start = rb'(?:^|["\n]|\\n)[ ]*'
    word = re.escape(name.encode())
    return re.compile(start + rb"(?:(?:async )?(?:def|class)[ ]+" + word + rb"\b|" + word + rb"[ ]*=[^=])")


def bundles_of(course: Course, work: Target, here: Path) -> tuple[Bundle, tuple[Bundle, ...]]:
    """What a check of some work reads: its files, and those of its companions that are started near it."""
    from grader.submission import read_file

    companions = tuple(
        read_file(other.path, other.exercise.name, course.names)
        for other in companions_of(course, work, here)
    )
    return read_file(work.path, work.exercise.name, course.names), companions


def companions_of(course: Course, work: Target, here: Path) -> Iterator[Target]:
    """Work on the exercises that this one's tests call too: what is started near it."""
    near = work.path.absolute().parent
    for name in work.exercise.companions:
        companion = course.exercise(name)
        folders = [near, near.parent, *places(course, here)]
        path = next((path for path in _files(companion, folders) if is_started(path, companion)), None)
        if path is not None:
            yield Target(companion, path)


def _shared_notebooks(course: Course, folders: Sequence[Path]) -> dict[Path, tuple[str, ...]]:
    """Notebooks of other names, each with the exercises that it defines something of."""
    found: dict[Path, tuple[str, ...]] = {}
    paths = [path for folder in folders for path in sorted(folder.glob("*.ipynb"))]
    for path in paths[:_NOTEBOOKS]:
        if path.stem in course.names or not path.is_file():
            continue
        try:
            content = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
        except OSError:
            continue
        begun = (each for each in defined_in(content, course) if is_started(path, each))
        found[path] = tuple(each.name for each in begun)
    return found


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
