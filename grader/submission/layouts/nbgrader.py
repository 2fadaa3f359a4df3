"""nbgrader: `submitted/<student>/<assignment>/<notebook>.ipynb`, with `timestamp.txt` beside it.

One assignment is read at a time: the only one that is there, or the one that is
named. Where the assignments are the course's exercises, all of them are.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack

from grader.errors import SubmissionsError, suggestion
from grader.submission.caps import STUDENT, Meter
from grader.submission.clock import Clock
from grader.submission.layouts.roster import LEVELS, HandedIn, Known, Roster, visible
from grader.submission.names import listed
from grader.submission.place import Entry, Place
from grader.submission.reading import student_id

TITLE = "nbgrader's folder of submissions"
EXAMPLE = "submitted/ada/ps1/softmax.ipynb"
SUBMITTED_FOLDER = "submitted"

_BESIDE = frozenset(("source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"))
"""What lies beside `submitted` in a course that nbgrader knows."""


def recognised(entries: Sequence[Entry], known: Known) -> bool:
    """Whether this is a course of nbgrader's, with `submitted` in it."""
    names = {entry.name for entry in entries}
    return SUBMITTED_FOLDER in names and not _BESIDE.isdisjoint(names)


def looks_submitted(place: Place, entries: Sequence[Entry], known: Known) -> bool:
    """Whether a folder called `submitted` holds students with assignments, and no work beside those."""
    students = [entry for entry in entries if entry.kind == "folder"]
    held = [each for student in students for each in _held(place, student)]
    folders = {each.name for each in held if each.kind == "folder"}
    work = [each for each in held if each.kind != "folder" and each.name.endswith((".py", ".ipynb"))]
    return bool(folders) and not work and not folders <= set(known)


def roster(
    place: Place, entries: Sequence[Entry], known: Known, clock: Clock, assignment: str | None = None
) -> Roster:
    """The students of a `submitted` folder, or of the course that it lies in.

    Raises:
        SubmissionsError: There are several assignments and none is named, or the named one isn't there.
        OSError: A folder cannot be opened.
    """
    inner = next((entry for entry in entries if entry.name == SUBMITTED_FOLDER), None)
    if inner is not None and recognised(entries, known):
        place = place.inside(inner)
        entries = visible(place)
    students = [entry for entry in entries if entry.kind == "folder"]
    held: dict[str, dict[str, Entry]] = {}  # each student's assignments
    strays: dict[str, list[str]] = defaultdict(list)
    for student in students:
        found = _held(place, student)
        held[student.name] = {each.name: each for each in found if each.kind == "folder"}
        strays[student.name] = [each.name for each in found if each.kind != "folder"]
    assignments = sorted({name for each in held.values() for name in each})
    if assignment is None and assignments and set(assignments) <= set(known):
        whole = {student_id(student.raw): HandedIn(place, (student,), clock, LEVELS) for student in students}
        return Roster(place, dict(sorted(whole.items())), loose=_loose(entries))
    chosen = _chosen(assignments, assignment)
    handed = {
        student_id(student.raw): HandedIn(
            place, (student, held[student.name][chosen]), clock, LEVELS, notes=_strays(strays[student.name])
        )
        for student in students
        if chosen in held[student.name]
    }
    without = [student.name for student in students if chosen not in held[student.name]]
    notes = [f"The assignment '{chosen}' is read."]
    if others := [name for name in assignments if name != chosen]:
        notes.append(f"Other assignments are not read: {listed(others)}.")
    if without:
        notes.append(f"Nothing of '{chosen}' is there from {listed(without)}.")
    return Roster(place, dict(sorted(handed.items())), tuple(notes), _loose(entries))


def _held(place: Place, student: Entry) -> list[Entry]:
    """What is in a student's folder, which is closed again."""
    meter = Meter(STUDENT)
    with ExitStack() as stack:
        return visible(place.again(meter, stack).inside(student, meter, stack))


def _chosen(assignments: Sequence[str], named: str | None) -> str:
    if named is not None:
        if named not in assignments:
            there = f" There are: {listed(assignments)}." if assignments else ""
            hint = suggestion(named, assignments)
            raise SubmissionsError(f"Nobody handed in an assignment '{named}'.{hint}{there}")
        return named
    if len(assignments) != 1:
        there = f"holds several assignments ({listed(assignments)})" if assignments else "holds no assignment"
        raise SubmissionsError(f"The folder of submissions {there}; name one with --assignment.")
    return assignments[0]


def _strays(names: Sequence[str]) -> tuple[str, ...]:
    return (f"Beside the assignments' folders, so not read: {listed(names)}.",) if names else ()


def _loose(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.kind != "folder")
