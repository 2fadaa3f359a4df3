"""Where a command works: the course that it is about, and the terminal that it was typed in.

Completion reads course.toml alone.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from grader.course import Course


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


def progress(text: str) -> None:
    """Say on a terminal what is going on, in a line that the next one replaces; elsewhere nothing."""
    if sys.stderr.isatty():
        from grader.report.safe import safe_text

        width, text = 79, safe_text(text)  # students' names stand in some
        print(f"\r{text[:width]:<{width}}\r", end="", file=sys.stderr, flush=True)
