"""Who handed in what, and where it lies: what every layout makes of a class.

A layout looks at names only (and at a list that the platform put beside them);
nothing of a student is opened before it is that student's turn. Ids come from
strangers' names: any text will do, as long as a report can be filed under it.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.errors import SubmissionsError
from grader.submission.clock import Clock
from grader.submission.place import Entry, Place
from grader.submission.reading import student_id

Known = Mapping[str, Sequence[str]]
"""For every exercise of the course, its entry points."""

LEVELS = 4
"""Folders below a student's own in which an exercise's file is looked for, where a platform, Git or a
student, and not the staff, decided how things lie."""


@dataclass(frozen=True)
class HandedIn:
    """What one student handed in.

    Attributes:
        place: Where it lies.
        steps: How to get to it from there: folders, and an archive as the last; () for the place itself.
        clock: What is known of the time.
        levels: How many folders deep an exercise's file may lie.
        late: The platform that marks it as late, such as 'Canvas'; '' if none does.
        notes: What was noticed, one plain sentence each.
        names: Each file's name, and the one that the platform gave it, which it needs to take the file back.
    """

    place: Place
    steps: tuple[Entry, ...]
    clock: Clock
    levels: int = 0
    late: str = ""
    notes: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Roster:
    """A class.

    Attributes:
        place: Where the students are.
        students: What each handed in, by id, sorted.
        notes: On what is there, one plain sentence each.
        loose: What belongs to nobody.
        alone: Whether all of it is one student's own, so that nothing in it is the staff's.
    """

    place: Place
    students: Mapping[str, HandedIn]
    notes: tuple[str, ...] = ()
    loose: tuple[Entry, ...] = ()
    alone: bool = False


def visible(place: Place) -> list[Entry]:
    """What is in a place and may be meant, sorted by name."""
    return [entry for entry in place.entries() if not entry.hidden]


def filed(name: str, otherwise: str) -> str:
    """The id of a student whom a platform calls `name`; `otherwise` where no report can be filed under it.

    Letters are put together, which macOS takes apart when it unpacks a download: an id stays the same.
    """
    plain = unicodedata.normalize("NFC", name)
    try:
        return student_id(plain.replace("/", "_").replace("\0", "_"))
    except SubmissionsError:
        return student_id(otherwise)
