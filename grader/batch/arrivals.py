"""Which submissions in a folder are complete, while more keep arriving.

A student's folder or archive is complete once nothing about it has changed for
two seconds and nothing in it looks half written; what looks so is taken as it is
after a minute of quiet. Whatever changes later comes again. The folder is looked
at again and again, since a network file system tells nobody what others write to
it; a look is spread over many calls, so that none holds up whoever calls.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.batch.glance import Glance, glance, is_partial
from grader.errors import SubmissionsError
from grader.submission.archive import is_archive, stem
from grader.submission.place import hidden, text
from grader.submission.reading import opened, student_id

SETTLE_SECONDS = 2.0
"""Without a change before something counts as written: a copy on a busy file server pauses for less."""

PATIENCE_SECONDS = 60.0
"""For what looks half written: an upload that has not moved for a minute was given up."""

ROUND_SECONDS = 0.5
"""From the end of one look at the whole folder to the next: nobody who hands in sees the difference."""

SHARE = 0.1
"""Of the time that may go into looking: a folder of thousands takes a second, and slots need the cores."""

SLICE_SECONDS = 0.05
"""That one call may take: whoever calls has slots to feed, and a folder of thousands on a network takes
seconds to look through."""


@dataclass
class _Seen:
    """What is known of a student's things.

    Attributes:
        last: How they looked.
        still: Since when nothing has changed.
        settled: Since when nothing has changed that a person may mean.
        is_whole: Whether all seems to be there, by a firm look; None before there was one.
        told: The content that the caller knows of.
    """

    last: Glance
    still: float
    settled: float
    is_whole: bool | None = None
    told: bytes | None = None


class Arrivals:
    """A folder of submissions in which more keep arriving.

    Args:
        folder: Where students' folders and archives are, or will be.
        settle_seconds: Without a change before something is complete.
        clock: Seconds, never running backwards.

    Attributes:
        arriving: Students whose things are there and not complete, sorted; hostile text.
        partial: What is being written and is nobody's yet, such as a download, sorted; hostile text.
        has_looked: Whether all that lay there at the beginning has been seen.
        problem: Why the folder could not be looked at the last time; '' if it could.
    """

    def __init__(
        self,
        folder: Path,
        settle_seconds: float = SETTLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.arriving: tuple[str, ...] = ()
        self.partial: tuple[str, ...] = ()
        self.has_looked = False
        self.problem = ""
        self._folder = folder
        self._settle = settle_seconds
        self._clock = clock
        self._seen: dict[str, _Seen] = {}
        self._round: Iterator[str | None] | None = None
        self._next = clock()
        self._spent = 0.0

    def poll(self) -> list[str]:
        """The students whose things are complete, and were not or were different at the last call."""
        began = self._clock()
        if self._round is None:
            if began < self._next:
                return []
            self._round = self._looks()
            self._spent = 0.0
        complete = []
        for student in self._round:
            if student is not None:
                complete.append(student)
            if self._clock() - began >= SLICE_SECONDS:
                self._spent += self._clock() - began
                return complete
        self._round = None
        now = self._clock()
        self._next = now + max(ROUND_SECONDS, (self._spent + now - began) * (1 / SHARE - 1))
        return complete

    def _looks(self) -> Iterator[str | None]:
        """Look at everything once: after each student, who it is if they are complete."""
        arriving: list[str] = []
        try:
            with opened(self._folder) as folder:
                students, partial = _students(folder)
                for student, names in students.items():
                    yield self._look(student, folder, names)
                    seen = self._seen[student]
                    if seen.told != seen.last.content:
                        arriving.append(student)
        except OSError as error:  # a server that is away; who was there before is not forgotten
            self.problem = error.strerror or str(error)
            return
        self.problem = ""
        self.arriving, self.partial = tuple(sorted(arriving)), tuple(sorted(partial))
        self.has_looked = True
        for gone in self._seen.keys() - students.keys():
            del self._seen[gone]

    def _look(self, student: str, folder: int, names: list[str]) -> str | None:
        """Look at one student's things; who it is if they have become complete."""
        now, looked = self._clock(), glance(folder, names)
        seen = self._seen.setdefault(student, _Seen(looked, now, now))
        if self._has_changed(seen, looked, now) or seen.told == looked.content:
            return None
        if now - seen.still < self._settle and now - seen.settled < PATIENCE_SECONDS:
            return None
        if seen.is_whole is None:
            firm = glance(folder, names, firmly=True)
            if self._has_changed(seen, firm, self._clock()):
                return None
            seen.is_whole = firm.is_whole
        if not seen.is_whole and now - seen.settled < PATIENCE_SECONDS:
            return None
        seen.told = looked.content
        return student

    @staticmethod
    def _has_changed(seen: _Seen, looked: Glance, now: float) -> bool:
        """Whether something that a person may mean has changed; takes note of that and of all else."""
        changed = seen.last.content != looked.content
        if seen.last.everything != looked.everything:
            seen.still, seen.is_whole = now, None
        if changed:
            seen.settled = now
        seen.last = looked
        return changed


def _students(folder: int) -> tuple[dict[str, list[str]], list[str]]:
    """What belongs to each student, and what is being written and is nobody's yet."""
    students: dict[str, list[str]] = {}
    partial = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = text(entry.name)
            if hidden(name) or entry.is_symlink():
                continue
            if is_partial(name):
                partial.append(name)
                continue
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder or (is_archive(name) and entry.is_file(follow_symlinks=False)):
                try:
                    student = student_id(entry.name if is_folder else stem(entry.name))
                except SubmissionsError:  # nothing can be filed under it; whoever reads the folder says so
                    continue
                students.setdefault(student, []).append(entry.name)
    return students, partial
