"""Where a command works: the course, and a student's files around it.

A student's files lie in the current folder (`softmax.py`), in folders as
`grader start` lays them out (`softmax/softmax.py`), or in the course's own
exercises folder when working in place. Completion reads course.toml alone.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from grader.course import Course, Exercise


@dataclass(frozen=True)
class Place:
    """Where a command was typed.

    Attributes:
        named: The course's folder as named by --course, or None to look upwards.
    """

    named: Path | None = None

    def root(self) -> Path:
        """The course's folder.

        Raises:
            CourseError: There is no course.toml there.
        """
        from grader.course import find_course
        from grader.errors import CourseError

        if self.named is None:
            return find_course(Path.cwd())
        if not (self.named / "course.toml").is_file():
            raise CourseError(
                f"There is no course.toml in '{self.named}', which --course or GRADER_COURSE names."
            )
        return self.named

    def course(self, *, staff: bool) -> Course:
        """The course, read.

        Raises:
            CourseError: It is not there, or not as it must be.
        """
        from grader.course import read_course

        return read_course(self.root(), staff=staff)


def place_of(context: typer.Context) -> Place:
    """Where the command of `context` works."""
    place = context.find_object(Place)
    assert place is not None, "the callback of the app sets it"
    return place


def complete_exercise(context: typer.Context, incomplete: str) -> list[str]:
    """Names of exercises for the shell; nothing, silently, when there is no course."""
    from grader.course import exercise_names
    from grader.errors import GraderError

    # While completing, the app's callback has not run; the option is still there.
    named = context.find_root().params.get("course")
    try:
        names = exercise_names(Place(Path(named) if named else None).root())
    except (GraderError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete)]


def files_of(exercise: Exercise, course: Course, here: Path) -> list[Path]:
    """Where a student's file of `exercise` may be, seen from `here`: those that are there, best first."""
    folders = [here, here / exercise.name]
    if here.is_relative_to(course.root):
        folders.append(exercise.folder)
    paths = [folder / f"{exercise.name}{ending}" for folder in folders for ending in (".py", ".ipynb")]
    return [path for path in dict.fromkeys(paths) if path.is_file()]


def is_started(path: Path, exercise: Exercise) -> bool:
    """Whether a file is more than the untouched stub."""
    try:
        content = path.read_bytes()
        if not path.samefile(exercise.stub):
            return content != exercise.stub.read_bytes()
    except OSError:
        return True  # whoever reads it next says what is wrong
    # In place there is no stub left to compare with: each unfinished part raises.
    return content.count(b"raise NotImplementedError") < len(exercise.entry_points)


def started(course: Course, here: Path) -> dict[str, Path]:
    """The file of each exercise that is started, seen from `here`, in the course's order."""
    found = {}
    for exercise in course.exercises:
        for path in files_of(exercise, course, here):
            if is_started(path, exercise):
                found[exercise.name] = path
                break
    return found


def laid_out(course: Course, here: Path) -> dict[str, Path]:
    """The stubs that `grader start` has copied and nobody has filled in, seen from `here`."""
    found = {}
    for exercise in course.exercises:
        for path in files_of(exercise, course, here):
            if not path.samefile(exercise.stub) and not is_started(path, exercise):
                found[exercise.name] = path
                break
    return found


def progress(text: str) -> None:
    """Say on a terminal what is going on, in a line that the next one replaces; elsewhere nothing."""
    if sys.stderr.isatty():
        width = 79
        print(f"\r{text[:width]:<{width}}\r", end="", file=sys.stderr, flush=True)
