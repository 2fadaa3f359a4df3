"""Folders: one for each student, called like the student, or an archive instead of it.

This is what the grader's own documents speak of, and what is taken for granted
where nothing else is recognised. A folder that holds exercise files itself is one
submission, named after it. All of it may lie in one archive, with a folder round it.
A Git clone in an archive is one student's, however many folders it has.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import SubmissionsError
from grader.submission.archive import is_archive, stem
from grader.submission.attempts import attempt
from grader.submission.caps import Refused
from grader.submission.clock import Clock
from grader.submission.layouts.clones import is_clone
from grader.submission.layouts.roster import HandedIn, Known, Roster, visible
from grader.submission.names import expected, listed
from grader.submission.place import Entry, Place
from grader.submission.reading import Folder, student_id


def roster(path: Path, place: Place, known: Known, clock: Clock) -> Roster:
    """The students of a folder or archive.

    Args:
        path: What a person named: a student's own folder is called after it.
        place: What was opened there.
        known: The course's exercises.
        clock: What is known of the time.

    Raises:
        SubmissionsError: Two have the same id, or a name cannot be one.
    """
    place = _class_folder(place, known)
    there = visible(place)
    entries = None if _is_packed_clone(place) else _students(there, known)
    if entries is None:
        name = path.resolve().name
        student = student_id(stem(name) if path.is_file() else name)
        return Roster(place, {student: HandedIn(place, (), _own(path, place, clock))}, alone=True)
    named, notes = _named(entries)
    students = {student: HandedIn(place, (entry,), clock) for student, entry in named}
    loose = tuple(entry for entry in there if entry.kind != "folder" and not _is_handed_in(entry))
    return Roster(place, students, tuple(notes), (*loose, *_hidden_students(place, known)))


def _hidden_students(place: Place, known: Known) -> list[Entry]:
    """Folders that nobody means by their names, but for exercises in them: they are not read, and said."""
    found = []
    for entry in place.entries():
        if entry.hidden and entry.kind == "folder":
            with suppress(OSError, Refused):  # one that cannot be looked into is as the others of such names
                if _students(visible(place.inside(entry)), known) is None:
                    found.append(entry)
    return found


def _own(path: Path, place: Place, clock: Clock) -> Clock:
    """For a place that is one student's own: a folder is laid out by staff, an archive packed by her."""
    if isinstance(place, Folder):
        return clock
    changed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC) if clock.file_dates else None
    return replace(clock, believed=False, file_dates=False, packed=changed)


def _class_folder(place: Place, known: Known) -> Place:
    """Where the students are: an archive of a folder has that folder round them."""
    if isinstance(place, Folder):
        return place
    inner = place
    if _is_packed_clone(place):
        return place
    for _ in range(4):  # three wrappings, as in `unwrapped`
        there = visible(inner)
        students = _students(there, known) or []
        if len(students) > 1 or any(_is_submission(inner, entry, known) for entry in students):
            return inner
        if len(there) != 1 or there[0].kind != "folder" or not students:
            break
        inner = inner.inside(there[0])
    return place  # one folder in another, down to files: the outermost is the only student's


def _is_submission(place: Place, entry: Entry, known: Known) -> bool:
    if entry.kind != "folder":
        return False
    inside = place.inside(entry)
    return _is_packed_clone(inside) or _students(visible(inside), known) is None


def _is_packed_clone(place: Place) -> bool:
    """Whether it is a clone in an archive; on disk staff may keep the folder of a class in Git."""
    return not isinstance(place, Folder) and is_clone({entry.name for entry in place.entries()})


def _students(there: Sequence[Entry], known: Known) -> list[Entry] | None:
    """The students' folders and archives, or None when the folder is one student's own.

    It is when it holds files of exercises, folders named after exercises and no
    others, or attempts and nothing but attempts.
    """
    files = {name for exercise in known for name in expected(exercise)}
    folders = [entry for entry in there if entry.kind == "folder" and entry.name not in files]
    archives = [entry for entry in there if _is_handed_in(entry)]
    if (folders or archives) and all(attempt(entry) for entry in (*folders, *archives)):
        return None
    if folders:
        # The layout of `grader start`: nothing but folders named after exercises.
        return None if all(entry.name in known for entry in folders) else [*folders, *archives]
    return None if any(entry.name in files for entry in there) else archives


def _is_handed_in(entry: Entry) -> bool:
    return entry.kind == "file" and is_archive(entry.name)


def _named(entries: Iterable[Entry]) -> tuple[list[tuple[str, Entry]], list[str]]:
    """Each student's id and entry, sorted by id, and a note on archives that are there unpacked too.

    Raises:
        SubmissionsError: Two have the same id, or a name cannot be one.
    """
    named: dict[str, Entry] = {}
    doubled = []
    for entry in entries:  # folders first
        student = student_id(entry.raw if entry.kind == "folder" else stem(entry.raw))
        if student not in named:
            named[student] = entry
        elif named[student].kind == "folder" and entry.kind != "folder":
            doubled.append(entry.name)
        else:
            kinds = "folders" if entry.kind == "folder" else "archives"
            raise SubmissionsError(f"Two {kinds} would both be the student {student!r}; rename one.")
    notes = [f"Folders of the same names count, not these archives: {listed(doubled)}."] if doubled else []
    return sorted(named.items()), notes
