"""Which folders of a student are attempts, and in which order they were made.

An attempt is a folder or archive called `attempt-1`, `attempt_2`, `attempt 3`,
or after the time at which it was handed in. Only names decide, so that the
order does not depend on how files were copied. What lies beside the attempts
is the newest, and called 'current': whoever keeps drafts in folders works beside them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from grader.submission.archive import is_archive, stem
from grader.submission.moments import NoMoment, moment_in_name, placed
from grader.submission.names import listed
from grader.submission.place import Entry

CURRENT = "current"
"""The name of the attempt that lies beside the attempts' folders; none of those can have it."""

ATTEMPTS = 100
"""Attempts that are read of one student, the newest: each may be graded, and nobody needs a hundred."""

_NUMBERED = re.compile(r"attempt[-_ ]?(\d{1,9})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Attempt:
    """A folder or archive that holds one attempt.

    Attributes:
        name: Its name, without an archive's ending.
        entry: Where it lies.
        number: Which one it is, if its name has a number.
        time: When it was handed in, if its name says so; without an offset where it has none.
    """

    name: str
    entry: Entry
    number: int | None
    time: datetime | None

    def order(self) -> tuple[int, int, float, str]:
        """What attempts are sorted by: numbered ones first, then those named after a time."""
        if self.time is None:
            return (0, self.number or 0, 0.0, self.name)
        aware = self.time if self.time.tzinfo is not None else self.time.replace(tzinfo=UTC)
        return (1, 0, aware.timestamp(), self.name)

    def handed_in(self, zone: tzinfo | None) -> datetime | None:
        """When it was handed in, if its name says so and leaves no doubt."""
        try:
            return placed(self.time, zone) if self.time is not None else None
        except NoMoment:
            return None


def attempt(entry: Entry) -> Attempt | None:
    """The attempt that a folder or archive is, or None if its name says nothing of the kind."""
    if entry.hidden or not (entry.kind == "folder" or (entry.kind == "file" and is_archive(entry.name))):
        return None
    name = entry.name if entry.kind == "folder" else stem(entry.name)
    numbered = _NUMBERED.fullmatch(name)
    if numbered:
        return Attempt(name, entry, int(numbered[1]), None)
    time = moment_in_name(name)
    return Attempt(name, entry, None, time) if time is not None else None


def attempts_in(entries: Iterable[Entry]) -> tuple[tuple[Attempt, ...], tuple[str, ...]]:
    """The attempts among the entries of a student's folder, oldest first, and notes on those left out."""
    found: dict[str, Attempt] = {}
    doubled = []
    for each in filter(None, map(attempt, sorted(entries, key=lambda entry: entry.name))):
        # 'attempt-1' stands before 'attempt-1.zip': of a folder and its archive the folder counts.
        if found.setdefault(each.name, each) is not each:
            doubled.append(each.entry.name)
    ordered = sorted(found.values(), key=Attempt.order)
    notes = []
    if doubled:
        notes.append(f"There is another attempt of the same name, so these do not count: {listed(doubled)}.")
    if len(ordered) > ATTEMPTS:
        notes.append(
            f"There are {len(ordered):,} attempts, and only the newest {ATTEMPTS} of them are read; "
            f"the oldest of those is {ordered[-ATTEMPTS].name}."
        )
    return tuple(ordered[-ATTEMPTS:]), tuple(notes)
