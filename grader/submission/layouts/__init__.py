"""How classes lie on disk: folders, and what learning platforms let staff download.

Which layout it is, is told from the names that lie there, and said in a note; a
person may name another one. Each layout is a module with three things: how it is
recognised, what its names say (plain functions over names), and the class as a roster.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from grader.errors import SubmissionsError
from grader.submission.clock import Clock
from grader.submission.layouts import canvas, folders, gradescope, moodle, nbgrader
from grader.submission.layouts.roster import HandedIn, Known, Roster, visible
from grader.submission.names import listed
from grader.submission.place import Entry, Place
from grader.submission.reading import Folder

__all__ = ["HandedIn", "Known", "Layout", "Roster", "roster_of"]


class Layout(StrEnum):
    """How a class may lie; 'auto' finds out."""

    AUTO = "auto"
    FOLDERS = "folders"
    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    NBGRADER = "nbgrader"


_PLATFORMS = {
    Layout.GRADESCOPE: gradescope,
    Layout.NBGRADER: nbgrader,
    Layout.MOODLE: moodle,
    Layout.CANVAS: canvas,
}
"""Those with names of their own, the surest first: a list of submissions is no accident, numbers may be."""


def roster_of(
    path: Path,
    place: Place,
    known: Known,
    clock: Clock,
    layout: Layout = Layout.AUTO,
    assignment: str | None = None,
) -> Roster:
    """Who handed in what.

    Args:
        path: What a person named.
        place: What was opened there.
        known: The course's exercises.
        clock: What is known of the time.
        layout: How it lies.
        assignment: Which one of nbgrader's is read.

    Raises:
        SubmissionsError: It does not lie as was said, or cannot be read so.
        OSError, Refused: A folder cannot be opened.
    """
    found = layout
    entries: Sequence[Entry] = ()
    if layout != Layout.FOLDERS:
        found, place, entries = _recognised(path, place, known, layout)
    if found == Layout.FOLDERS:
        if assignment is not None:
            raise SubmissionsError("--assignment is for nbgrader's folders; these are none.")
        return folders.roster(path, place, known, clock)
    if found == Layout.NBGRADER:
        roster = nbgrader.roster(place, entries, known, clock, assignment)
    elif assignment is not None:
        raise SubmissionsError(f"--assignment is for nbgrader's folders; this is {_PLATFORMS[found].TITLE}.")
    else:
        make: Callable[..., Roster] = _PLATFORMS[found].roster
        roster = make(place, entries, known, clock)
    return Roster(roster.place, roster.students, (_read_as(found, roster), *roster.notes), roster.loose)


def _recognised(
    path: Path, place: Place, known: Known, layout: Layout
) -> tuple[Layout, Place, Sequence[Entry]]:
    """Which layout it is, and where it begins."""
    wanted = _PLATFORMS if layout == Layout.AUTO else {layout: _PLATFORMS[layout]}
    first: list[Entry] = []
    for within, entries, name in _unwrapped(path.resolve().name, place):
        first = first or entries
        for each, module in wanted.items():
            if module.recognised(entries, known):
                return each, within, entries
        is_named = name == nbgrader.SUBMITTED_FOLDER and Layout.NBGRADER in wanted
        if is_named and nbgrader.looks_submitted(within, entries, known):
            return Layout.NBGRADER, within, entries
    if layout == Layout.NBGRADER:  # any folder of students may be one
        return layout, place, first
    if layout != Layout.AUTO:
        there = listed([entry.name for entry in first]) or "nothing"
        raise SubmissionsError(
            f"'{path}' is not {wanted[layout].TITLE}: it holds {there}, and no names such as "
            f"{wanted[layout].EXAMPLE}. Leave --layout out to let the grader find out."
        )
    return Layout.FOLDERS, place, first


def _unwrapped(name: str, place: Place) -> Iterator[tuple[Place, list[Entry], str]]:
    """A place with what is in it and what it is called, and then the folder in it that holds everything."""
    for _ in range(4):  # three wrappings, as for folders
        entries = visible(place)
        yield place, entries, name
        only = entries[0] if len(entries) == 1 and entries[0].kind == "folder" else None
        if only is None or (isinstance(place, Folder) and not gradescope.ROUND.fullmatch(only.name)):
            return
        place, name = place.inside(only), only.name


def _read_as(found: Layout, roster: Roster) -> str:
    """What was recognised, with how many students, and how many of them late."""
    count = len(roster.students)
    late = [student for student, handed in roster.students.items() if handed.late]
    said = f"Read as {_PLATFORMS[found].TITLE}: {count:,} student{'s' * (count != 1)}"
    return f"{said}, {len(late):,} of them late." if late else f"{said}."
