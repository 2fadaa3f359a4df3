"""When something was handed in, told by what lies there.

Best first: the name of the attempt, nbgrader's `timestamp.txt`, Gradescope's
`submission_metadata.json`, and, only if asked for, when files were last changed.
What lies inside an archive that a student handed in proves nothing, since she
packed it: there neither names nor files are believed. Whoever knows better
writes it into `submitted.csv`, which wins over all of this (`times.py`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from grader.submission.moments import NoMoment, moment, placed
from grader.submission.names import GRADESCOPE, NBGRADER
from grader.submission.place import Entry, Place

_STAMP_BYTES = 1 << 20
"""Largest of them that is looked into: Gradescope's holds the results of the submission before."""


_NO_TIME = 1980
"""The year up to which a date is none: packers that keep no times write 1970 or 1980."""


@dataclass(frozen=True)
class Clock:
    """What is known of the time from outside of a place.

    Attributes:
        zone: Where clocks are that write times without an offset.
        file_dates: Whether modification times count where nothing better is known.
        believed: Whether staff, not the student, decided how things are named here.
        named: What the name of the attempt says.
        stamped: What a file beside it says.
        packed: When the archive was last changed in which this lies, if it does.
    """

    zone: tzinfo | None = None
    file_dates: bool = False
    believed: bool = True
    named: datetime | None = None
    stamped: datetime | None = None
    packed: datetime | None = None

    def within(self, place: Place, there: Mapping[str, Entry]) -> tuple["Clock", tuple[str, ...]]:
        """The clock of a folder, and the files in it that say the time: one, or none."""
        for name in (NBGRADER, GRADESCOPE) if self.believed and self.named is None else ():
            if name in there and (found := _stamp(place, there[name], self.zone)) is not None:
                return replace(self, stamped=found), (name,)
        return self, ()

    def packed_in(self, place: Place, entry: Entry) -> "Clock":
        """The clock inside an archive, where what students wrote is not believed."""
        packed = self._modified(place, entry) or self.packed
        return replace(self, believed=False, file_dates=False, packed=packed)

    def read(self, place: Place, entries: Iterable[Entry]) -> datetime | None:
        """When these files were handed in; None if nothing says so."""
        if self.named is not None or self.stamped is not None:
            return self.named or self.stamped
        changed = [time for entry in entries if (time := self._modified(place, entry)) is not None]
        return max(changed, default=self.packed)

    def _modified(self, place: Place, entry: Entry) -> datetime | None:
        if not self.file_dates:
            return None
        time = place.modified(entry)
        if time is None or time.year <= _NO_TIME:
            return None
        try:
            return placed(time, self.zone).replace(microsecond=0)
        except NoMoment:
            return None


def _stamp(place: Place, entry: Entry, zone: tzinfo | None) -> datetime | None:
    content = place.read(entry) if entry.kind == "file" else None
    if not isinstance(content, bytes) or len(content) > _STAMP_BYTES:
        return None
    try:
        text = content.decode("utf-8-sig")
        if entry.name == NBGRADER:
            return moment(text, zone)
        told = json.loads(text)
        return moment(str(told["created_at"]), zone)
    except (ValueError, LookupError, TypeError, RecursionError, NoMoment):
        return None  # no time; a hostile one is nested deeply, or has numbers of a million digits
