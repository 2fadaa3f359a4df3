"""Gradescope: the archive that makes an assignment grade itself.

`setup.sh` and `run_autograder` at its top, the grader as a wheel with the versions that it
needs, and of the course what grading needs: exercises, references, hidden tests, the
secret. So it is for instructors alone, as every autograder's archive is. Gradescope
gives half a processor, 768 MB and ten minutes: torch's CPU build, and one submission at a time.
"""

import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course
from grader.errors import CourseError
from grader.export.gradescope import Shown
from grader.export.wheel import python_version, requirements, wheel
from grader.release.writing import zipped
from grader.verdicts import Isolation, Layer

RUN, SETUP = "run_autograder", "setup.sh"

_TEMPLATES = Path(__file__).parent / "templates"

_PARTS = ("exercises", "reference", "tests/hidden")
"""Folders of a course that grading needs; no submissions, and none of the course's other files."""

_SHUT = (Layer.PRIVATE_ROOT, Layer.LANDLOCK, Layer.UID)
"""Layers each of which keeps hidden tests out of student code's reach, if files are root's alone."""

_SPARE_SECONDS = 60
"""Of Gradescope's time, for what is not grading: results must be written before it ends everything."""


@dataclass(frozen=True)
class Settings:
    """How an autograder grades.

    Attributes:
        only: The exercises that count; all of the course's if there is none.
        isolation: How well student code must be walled off, or nothing is run.
        accept_missing: Layers of that which may be missing.
        hidden_tests: When students see the results of hidden tests.
        minutes: How long Gradescope lets it run.
    """

    only: tuple[str, ...] = ()
    isolation: Isolation = Isolation.CONTAINER
    accept_missing: tuple[Layer, ...] = ()
    hidden_tests: Shown = Shown.VISIBLE
    minutes: int = 10

    def as_json(self) -> bytes:
        """What `run_autograder` reads: arguments for `grade` and for `export`, and its time."""
        grade = [f"--isolation={self.isolation}"]
        grade += [f"--accept-missing={layer}" for layer in self.accept_missing]
        grade += [f"--only={name}" for name in self.only]
        settings = {
            "grade": grade,
            "export": [f"--hidden-tests={self.hidden_tests}"],
            "seconds": self.minutes * 60 - _SPARE_SECONDS,
            "one_of": [] if self.isolation is Isolation.PROCESS else list(_SHUT),
        }
        return json.dumps(settings, indent=1).encode("ascii") + b"\n"


def bundle(course: Course, settings: Settings) -> bytes:
    """The archive: the same course and the same grader give the same bytes.

    Raises:
        CourseError: A file cannot be read, is a link, or lies outside of the course.
    """
    name, content = wheel()
    files = [
        (RUN, (_TEMPLATES / RUN).read_bytes()),
        (SETUP, (_TEMPLATES / SETUP).read_bytes()),
        ("settings.json", settings.as_json()),
        ("requirements.txt", requirements().encode()),
        ("python-version", python_version().encode()),
        (name, content),
        *((f"course/{path}", content) for path, content in course_files(course)),
    ]
    return zipped(files, executable=(RUN, SETUP))


def course_files(course: Course) -> Iterator[tuple[str, bytes]]:
    """What of a course grading needs, each file with its path in it.

    Raises:
        CourseError: A file cannot be read, is a link, or lies outside of the course.
    """
    paths = {course.root / "course.toml"}
    for part in _PARTS:
        paths.update(_inside(course.root / part))
    if course.secret_file is not None:
        if not course.secret_file.resolve().is_relative_to(course.root.resolve()):
            raise CourseError(
                f"course.toml: secret is '{course.secret_file}', outside of the course; put it into the "
                "course's folder, from where it can go along."
            )
        paths.add(course.secret_file)
    for path in sorted(paths):
        yield path.relative_to(course.root).as_posix(), _content(course, path)


def _inside(folder: Path) -> Iterable[Path]:
    for place, folders, names in os.walk(folder):
        for name in [name for name in folders if Path(place, name).is_symlink()]:
            yield Path(place, name)  # refused when it is read
            folders.remove(name)
        folders[:] = [name for name in folders if _is_meant(name)]
        yield from (Path(place, name) for name in names if _is_meant(name))


def _is_meant(name: str) -> bool:
    return not name.startswith(".") and name != "__pycache__"


def _content(course: Course, path: Path) -> bytes:
    named = path.relative_to(course.root).as_posix()
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise CourseError(f"{named} is no ordinary file; put the file itself there.")
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"{named} cannot be read ({error.strerror}).") from None
