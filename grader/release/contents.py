"""Which files students get, and what stands in them.

Of an exercise what it hands out, its manifest, and its folder `data`; the data
that exercises share; the course's manifest and a README. Files are taken as they
are, manifests are written anew. Links are refused: what they lead to may be
anything, also the staff's.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course, Exercise
from grader.course.files import read_toml
from grader.course.manifest import COURSE_FILE, EXERCISE_FILE, CourseManifest, ExerciseManifest
from grader.errors import CourseError
from grader.release.manifest import course_toml, exercise_toml
from grader.release.readme import readme

README = "README.md"

DATA = "data"
"""The folder of an exercise, or beside all of them, whose files go along."""


@dataclass(frozen=True)
class Released:
    """A file that students get.

    Attributes:
        path: Where it lies in the release, with `/` between folders.
        content: Its bytes.
        source: The file of the course that it is made from.
        is_copy: Whether it is that file as it is.
    """

    path: str
    content: bytes
    source: Path
    is_copy: bool = True


def released(course: Course, install: str | None = None) -> tuple[Released, ...]:
    """All files of a release, sorted by path.

    Args:
        course: The course.
        install: What students give to `pip install` to get the grader.

    Raises:
        CourseError: A file cannot be read, or is a link.
    """
    manifest = course.root / COURSE_FILE
    told = course_toml(read_toml(manifest, COURSE_FILE, CourseManifest))
    files = [
        Released(COURSE_FILE, told.encode(), manifest, is_copy=False),
        Released(README, readme(course, install).encode(), manifest, is_copy=False),
        *(file for exercise in course.exercises for file in _of(course, exercise)),
    ]
    if DATA not in course.names:
        files += _copies(course, _inside(course, course.root / "exercises" / DATA))
    return tuple(sorted(files, key=lambda file: file.path))


def _of(course: Course, exercise: Exercise) -> Iterator[Released]:
    """What students get of one exercise."""
    source = exercise.folder / EXERCISE_FILE
    path = _path(course, source)
    told = exercise_toml(read_toml(source, path, ExerciseManifest))
    yield Released(path, told.encode(), source, is_copy=False)
    yield from _copies(course, exercise.handed_out)
    yield from _copies(course, _inside(course, exercise.folder / DATA))


def _copies(course: Course, paths: Iterable[Path]) -> Iterator[Released]:
    for path in paths:
        _refuse_links(course, path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CourseError(f"{_path(course, path)} cannot be read ({error.strerror}).") from None
        yield Released(_path(course, path), content, path)


def _inside(course: Course, folder: Path) -> Iterator[Path]:
    """The files in a folder of data and below it, without what editors and systems leave there."""
    for place, folders, names in os.walk(folder):
        for name in folders:
            _refuse_links(course, Path(place, name))
        folders[:] = sorted(name for name in folders if _is_meant(name))
        yield from (Path(place, name) for name in sorted(names) if _is_meant(name))


def _is_meant(name: str) -> bool:
    return not name.startswith(".") and name != "__pycache__"


def _refuse_links(course: Course, path: Path) -> None:
    """Neither a file nor a folder above it, up to the course's, may be a link, a device or a pipe.

    Raises:
        CourseError: One is.
    """
    for each in (path, *path.parents):
        if each == course.root:
            break
        mode = os.lstat(each).st_mode if os.path.lexists(each) else stat.S_IFDIR
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            kind = "a link" if stat.S_ISLNK(mode) else "no ordinary file"
            raise CourseError(
                f"{_path(course, each)} is {kind}, and students get files only; put the file itself there."
            )


def _path(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix()
