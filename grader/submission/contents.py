"""The contents of one student's folder: each file is read once, and modules go along with what imports them.

Nobody can make the grader read without end: there is a cap on each file, on
their sum, and on how many modules go along. Remembers what was used and what
could not go along, so that whoever lists a submission can say so.
"""

import re
from collections.abc import Collection, Mapping

from grader.findings import UnreadableFile
from grader.submission.bundle import Bundle, SubmittedFile
from grader.submission.caps import STUDENT_BYTES, Meter, Refused, most_of
from grader.submission.imports import imported
from grader.submission.place import Entry, Place

HELPERS = 50
"""Helper modules that go along: far more than people write, few enough to send for each exercise."""
HELPER_BYTES = 2 << 20
"""Their bytes in all: a long module has 50 KB."""
NAME_LENGTH = 200
"""Longest name that the wire carries."""

_POINTER = re.compile(rb"version https?://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/")
_POINTER_BYTES = 1024
"""Git LFS says that a pointer is shorter than this."""


class Contents:
    """What is in the files of one place.

    Args:
        place: The place.
        there: What lies in it, by name.
        exercise_files: Names that are some exercise's own.
        tests: Names of visible tests, which nothing imports.
        meter: Counts what is read of this student.

    Attributes:
        used: Names that were needed, or of which something was said.
        left_out: Modules that could not go along, each with the reason in brackets.
    """

    def __init__(
        self,
        place: Place,
        there: Mapping[str, Entry],
        exercise_files: Collection[str],
        tests: Collection[str],
        meter: Meter,
    ) -> None:
        self.used: set[str] = set()
        self.left_out: dict[str, str] = {}
        self._place = place
        self._there = there
        self._exercise_files = exercise_files
        self._meter = meter
        self._modules = [name for name, entry in there.items() if name not in tests and _is_module(entry)]
        self._read: dict[str, bytes | UnreadableFile] = {}

    def read(self, name: str) -> bytes | UnreadableFile:
        """The bytes of a file, or why they cannot be had."""
        if name not in self._read:
            if self._meter.is_full:
                detail = f"no more than {STUDENT_BYTES >> 20} MiB are read of one student"
                content: bytes | UnreadableFile = UnreadableFile(file=name, reason="too-large", detail=detail)
            else:
                content = self._place.read(self._there[name], most_of(name))
            if isinstance(content, bytes):
                self._meter.hold(len(content))
                if len(content) < _POINTER_BYTES and _POINTER.match(content):
                    detail = "it is a pointer of Git LFS; the file itself was not fetched"
                    content = UnreadableFile(file=name, reason="link", detail=detail)
            self._read[name] = content
        return self._read[name]

    def beside(self, main: str, *contents: bytes) -> tuple[SubmittedFile, ...]:
        """The modules that files of these contents import, and what those import in turn.

        Whatever else lies there stays: most folders hold all exercises and old
        drafts, and "read from" should name what was needed.
        """
        chosen: dict[str, bytes] = {}
        tried = {main}
        unseen = list(contents)
        while unseen:
            for name in imported(unseen.pop(), self._modules):
                if name in tried:
                    continue
                tried.add(name)
                content = self._module(name, chosen)
                if content is not None:
                    chosen[name] = content
                    unseen.append(content)
        self.used.update(chosen)
        return tuple(SubmittedFile(name, chosen[name]) for name in sorted(chosen))

    def _module(self, name: str, chosen: Mapping[str, bytes]) -> bytes | None:
        """The content of a module that goes along with `chosen`; None, and a note, if it cannot."""
        too_many = f"more than {HELPERS} files or {HELPER_BYTES >> 20} MiB"
        if len(chosen) >= HELPERS:
            self._leave_out(name, too_many)
            return None
        content = self.read(name)
        if isinstance(content, UnreadableFile):
            if content.reason == "empty":
                return b""  # an empty module is a module
            if name not in self._exercise_files:  # those are told of in their own bundles
                self._leave_out(name, why(content))
            return None
        if sum(map(len, chosen.values())) + len(content) > HELPER_BYTES:
            self._leave_out(name, too_many)
            return None
        return content

    def _leave_out(self, name: str, reason: str) -> None:
        self.used.add(name)
        self.left_out.setdefault(name, f"{name} ({reason})")


def why(problem: UnreadableFile) -> str:
    """A reason in brackets, in words."""
    words = {"too-large": "too large", "link": "a link", "folder": "a folder", "archive": "damaged"}
    return words.get(problem.reason, problem.reason)


def broken(exercise: str, name: str, error: OSError | Refused) -> Bundle:
    """The bundle of a folder or an archive that cannot be opened."""
    return Bundle(exercise, (), (), (), broken_file(name, error))


def broken_file(name: str, error: OSError | Refused) -> UnreadableFile:
    """The finding for a folder or an archive that cannot be opened."""
    if isinstance(error, Refused):
        return UnreadableFile(file=name, reason="archive", detail=error.why)
    return UnreadableFile(file=name, reason="unreadable", detail=error.strerror or str(error))


def _is_module(entry: Entry) -> bool:
    """Whether an entry is a module that the student's own code may import."""
    return entry.name.endswith(".py") and len(entry.name) <= NAME_LENGTH and entry.raw == entry.name
