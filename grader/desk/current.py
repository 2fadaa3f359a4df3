"""A course whose files are looked at again: whoever waits an evening long sees what is changed meanwhile.

Reading a course takes milliseconds and asking its files for their times a
fraction of one, so that nothing has to tell of a change.
"""

from __future__ import annotations

from pathlib import Path

from grader.course import Course, read_course

_READ = ("course.toml", "exercises/*/*.toml", "exercises/*/*.md")
"""What a course is read from, as far as students have it."""

Stamp = tuple[Path, int, int, int]


class CurrentCourse:
    """A course that is read again when its files have changed.

    Args:
        course: The course, as it was read at first.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._stamps = self._look()

    def now(self) -> Course:
        """The course as its files say now: what students have of it, without the staff's.

        Raises:
            CourseError: Something in the files is not as it must be; the next call looks again.
        """
        stamps = self._look()  # before reading: what changes while it is read is read the next time
        if stamps != self._stamps:
            self._course = read_course(self._course.root, staff=False)
            self._stamps = stamps
        return self._course

    def _look(self) -> list[Stamp]:
        root = self._course.root
        return [stamp for pattern in _READ for path in sorted(root.glob(pattern)) for stamp in _stamps(path)]


def _stamps(path: Path) -> list[Stamp]:
    try:
        seen = path.stat()
    except OSError:
        return []  # it has gone again
    return [(path, seen.st_mtime_ns, seen.st_size, seen.st_ino)]
