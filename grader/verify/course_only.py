"""What of a course as a whole is for staff only, and whether a file for students holds it.

Whole files of the staff's, keys of course.toml, the students that it names, and
what its authors wrote into the margins of their manifests. `staff_only` has what
belongs to one exercise.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course
from grader.course.manifest import COURSE_FILE, EXERCISE_FILE
from grader.errors import CourseError
from grader.release import Released
from grader.release.manifest import HEADER, STAFFS
from grader.verify.readable import readable, strings
from grader.verify.sources import shown, text_of
from grader.verify.staff_only import LEAST

COMMENT = re.compile(r"(?:^|\s)#\s*(\S.*?)\s*$", re.MULTILINE)

SHORTEST_COMMENT = 8
"""Characters of a comment that is looked for: less says nothing."""


@dataclass(frozen=True)
class CourseOnly:
    """What no student may read, each piece with the file that it comes from.

    Attributes:
        files: Whole files, by the SHA-256 of their bytes.
        students: Students with more time.
        comments: Comments in course.toml and the exercises' manifests.
    """

    files: dict[str, str]
    students: dict[str, str]
    comments: dict[str, str]


def course_only(course: Course) -> CourseOnly:
    """What of a course as a whole is for staff only.

    Raises:
        CourseError: A file cannot be read.
    """
    manifests = [course.root / COURSE_FILE, *(each.folder / EXERCISE_FILE for each in course.exercises)]
    return CourseOnly(
        files={_digest(content): shown(course, path) for path, content in _staffs(course)},
        students=dict.fromkeys(course.policy.extensions, COURSE_FILE),
        comments={text: shown(course, path) for path in manifests for text in _comments(text_of(path))},
    )


def found_in(file: Released, only: CourseOnly) -> Iterator[tuple[str, str, str]]:
    """What a file for students holds of it: what it is, the piece, and where that comes from."""
    if (source := only.files.get(_digest(file.content))) is not None:
        yield "a copy", "", source
    if file.path == COURSE_FILE:
        told = tomllib.loads(file.content.decode())
        yield from (("the key", key, COURSE_FILE) for key in STAFFS if key in told)
    for each in readable(file.path, file.content):
        for student, source in only.students.items():
            # A name of letters alone may be a word of any handout; among dates and titles it is a name.
            is_told = not student.isalpha() or not file.is_copy
            if is_told and re.search(rf"(?<!\w){re.escape(student)}(?!\w)", each.text):
                yield "the name of a student", student, source
    if file.path.endswith(".toml"):
        text = file.content.decode(errors="replace")
        yield from (("a comment", told, source) for told, source in only.comments.items() if told in text)


def _staffs(course: Course) -> Iterator[tuple[Path, bytes]]:
    """The staff's files, and those of the sample class that are not what students were given."""
    for path in _inside(*course.staff_files, *{each.parent for each in _hidden_tests(course)}):
        # Null answers are not worth hiding, and one of them may be the stub.
        if path.parent.name != "null" and len(content := _bytes(path)) >= LEAST:
            yield path, content
    if course.sample is not None:
        given = {_bytes(path) for each in course.exercises for path in each.handed_out}
        for path in _inside(course.sample.gradebook, course.sample.submissions):
            if (content := _bytes(path)) not in given and len(content) >= LEAST:
                yield path, content


def _hidden_tests(course: Course) -> list[Path]:
    return [each.hidden_tests for each in course.exercises if each.hidden_tests is not None]


def _inside(*paths: Path) -> Iterator[Path]:
    """Files, and the files in folders and below them."""
    for path in paths:
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (each for each in found if each.is_file() and "__pycache__" not in each.parts)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}).") from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _comments(text: str) -> Iterator[str]:
    """The comments of a TOML file, but for that of a release; a `#` within a value is none."""
    values = "\n".join(strings(tomllib.loads(text)))
    for told in COMMENT.findall(text.removeprefix(HEADER)):
        if len(told) >= SHORTEST_COMMENT and told not in values:
            yield told
