"""The desk that a kernel's checks are done at: the course, and the process that judges.

Found once and kept, so that torch is warm from the second check on. The process
ends with the kernel, however that ends, because its lifeline does.
"""

from __future__ import annotations

import os
from pathlib import Path

from grader.course import Course, find_course, read_course
from grader.course.manifest import COURSE_FILE
from grader.desk.checker import Checker
from grader.desk.current import CurrentCourse
from grader.errors import CourseError
from grader.notebook.result import in_a_line

VARIABLE = "GRADER_COURSE"
"""Names the course's folder, as for the command line."""


class Desk:
    """A course, and the process that checks in it.

    Args:
        root: The course's folder.

    Raises:
        GraderError: The course is not as it must be, or the process cannot be started.
    """

    def __init__(self, root: Path) -> None:
        course = read_course(root, staff=False)
        self.root = root
        self._course = CurrentCourse(course)
        self.checker = Checker(course)

    @property
    def course(self) -> Course:
        """The course as its files are now."""
        return self._course.now()

    def close(self) -> None:
        """End the process."""
        self.checker.close()


_named: Path | None = None
_desk: Desk | None = None


def course(path: str | os.PathLike[str]) -> None:
    """Say where the course is, for all checks from now on.

    Args:
        path: The folder that course.toml is in.

    Raises:
        NotChecked: There is none.
    """
    global _named
    with in_a_line():
        _named = _checked(Path(path).expanduser().absolute())


def desk(folder: Path) -> Desk:
    """The desk of a notebook in `folder`: the same as long as the course is.

    Raises:
        GraderError: There is no course, or it is not as it must be.
    """
    global _desk
    root = _root(folder)
    if _desk is not None and _desk.root != root:
        leave()
    if _desk is None:
        _desk = Desk(root)
    return _desk


def leave() -> None:
    """End the process; the next check starts another."""
    global _desk
    if _desk is not None:
        gone, _desk = _desk, None
        gone.close()


def _root(folder: Path) -> Path:
    if _named is not None:
        return _checked(_named)
    if told := os.environ.get(VARIABLE):
        return _checked(Path(told).expanduser().absolute())
    try:
        return find_course(folder)
    except CourseError:
        raise CourseError(
            f"There is no {COURSE_FILE} in '{folder}' or above it. Say where your course is, "
            'such as grader.notebook.course("path/to/course"), and check again.'
        ) from None


def _checked(root: Path) -> Path:
    if not (root / COURSE_FILE).is_file():
        raise CourseError(
            f"There is no {COURSE_FILE} in '{root}'. Say where your course is, "
            'such as grader.notebook.course("path/to/course"), and check again.'
        )
    return root
