"""Moodle: the download of an assignment's submissions, a folder for each student or all of it flat.

`<Full name>_<participant>_assignsubmission_file`, with an underscore behind it before
Moodle 4.1, or with the file's name behind that underscore where everything is flat, as
Moodle's downloader makes them. Underscores in a name become spaces there, so that the
first number between underscores is the participant's. Teams stand in the place of students.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from grader.submission.clock import Clock
from grader.submission.layouts.gathered import Gathered
from grader.submission.layouts.roster import LEVELS, HandedIn, Known, Roster, filed
from grader.submission.names import SUBMITTED, listed
from grader.submission.place import Entry, Place

TITLE = "a Moodle download"
EXAMPLE = "Ada Lovelace_1234_assignsubmission_file"

_PART = re.compile(
    r"(?P<name>.+?)_(?P<participant>\d+)_assign(?P<kind>submission|feedback)_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?",
    re.ASCII | re.DOTALL,
)


@dataclass(frozen=True)
class Part:
    """What a name in a download says.

    Attributes:
        student: The student's id: full name and participant.
        participant: The number alone.
        plugin: Which part of a submission it is: 'file', 'onlinetext', ...; '' if it is no part of one.
        file: What the student called the file, where all is flat; '' for a folder.
    """

    student: str
    participant: str
    plugin: str
    file: str


def parse(name: str) -> Part | None:
    """What a name says, or None if Moodle makes no such name."""
    found = _PART.fullmatch(name)
    if found is None:
        return None
    plugin = found["plugin"] if found["kind"] == "submission" else ""
    return Part(f"{found['name']}_{found['participant']}", found["participant"], plugin, found["file"] or "")


def recognised(entries: Sequence[Entry], known: Known) -> bool:
    """Whether most names are such as Moodle makes."""
    names = [entry.name for entry in entries if entry.name != SUBMITTED]
    return 2 * sum(parse(name) is not None for name in names) > len(names)


def roster(place: Place, entries: Sequence[Entry], known: Known, clock: Clock) -> Roster:
    """The students whose folders or files lie in a download."""
    theirs: dict[str, list[tuple[Part, Entry]]] = defaultdict(list)
    loose = []
    for entry in entries:
        part = parse(entry.name)
        if part is None or (entry.kind == "folder") is bool(part.file) or entry.kind in ("link", "other"):
            loose.append(entry)
        else:
            theirs[filed(part.student, part.participant)].append((part, entry))
    # A name that Moodle made: what a student wrote begins inside the folder, or behind the prefix.
    clock = replace(clock, believed=False)
    students = {student: _handed_in(place, theirs[student], clock) for student in sorted(theirs)}
    return Roster(place, students, loose=tuple(loose))


def _handed_in(place: Place, parts: Sequence[tuple[Part, Entry]], clock: Clock) -> HandedIn:
    """One student's folder, or files where all is flat."""
    folders = [entry for part, entry in parts if part.plugin == "file" and entry.kind == "folder"]
    files = {part.file: entry for part, entry in parts if part.plugin == "file" and entry.kind != "folder"}
    notes = list(_notes(entry for part, entry in parts if part.plugin != "file"))
    if not folders:
        names = tuple(sorted((name, entry.name) for name, entry in files.items()))
        return HandedIn(Gathered(place, files), (), clock, LEVELS, notes=tuple(notes), names=names)
    first, *others = folders
    if left := [f"{entry.name}/" for entry in others] + [entry.name for entry in files.values()]:
        notes.append(f"{first.name}/ is what counts; not read: {listed(left)}.")
    return HandedIn(place, (first,), clock, LEVELS, notes=tuple(notes), names=(("", first.name),))


def _notes(others: Iterable[Entry]) -> Iterable[str]:
    """On what is no file that was handed in."""
    names = [f"{entry.name}/" if entry.kind == "folder" else entry.name for entry in others]
    if names:
        yield f"Only files that were handed in are read, no text that was typed into Moodle: {listed(names)}."
