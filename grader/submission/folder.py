"""From a folder of submissions to bundles.

Who the students are, and where each one's files lie, is the layout's matter
(`layouts`). The file of exercise `x` is `x.py` or `x.ipynb`, else whichever notebook
mentions what the exercise asks for; it may also lie in a subfolder `x`, as `grader
start` lays it out, or in an archive. Modules beside it that it imports go along.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.errors import SubmissionsError
from grader.submission.archive import is_archive, open_archive
from grader.submission.bundle import Bundle, Submission
from grader.submission.caps import CLASS, STUDENT, Meter, Refused
from grader.submission.clock import Clock
from grader.submission.contents import broken
from grader.submission.layouts import HandedIn, Layout, Roster, roster_of
from grader.submission.names import expected, listed
from grader.submission.place import Entry, Place, text
from grader.submission.reader import Reader
from grader.submission.reading import Folder, named_file, opened
from grader.submission.student import Handed
from grader.submission.times import Times, find_times

_LEFT_OUT = 20
"""Bad entries of an archive that a note names."""


@dataclass(frozen=True)
class ReadFolder:
    """A folder of submissions, read.

    Attributes:
        submissions: The last one of each student, sorted by student.
        notes: What else lies there, one plain sentence each.
    """

    submissions: tuple[Submission, ...]
    notes: tuple[str, ...]


class SubmissionsFolder:
    """A folder or archive of submissions, open: each student is read when asked for.

    Used as a context manager, at whose end everything is closed. Made by `open_folder`.

    Args:
        path: What a person named.
        roster: Who handed in what.
        reader: Reads a student.
        stack: Closes everything.

    Attributes:
        students: Whose submissions are there, sorted.
        notes: What else lies there, one plain sentence each.
    """

    def __init__(self, path: Path, roster: Roster, reader: Reader, stack: ExitStack) -> None:
        self.students: tuple[str, ...] = tuple(roster.students)
        self.notes: tuple[str, ...] = (*roster.notes, *_loose(roster.loose, reader.times.name))
        self._path = path
        self._roster = roster
        self._reader = reader
        self._stack = stack

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def read(self, student: str) -> tuple[Submission, ...]:
        """One student's attempts, oldest first; one with attempt '' where there are none.

        Nothing of them is kept.

        Raises:
            SubmissionsError: There was nothing of that student when the folder was opened.
        """
        with _told(self._path):
            if student not in self._roster.students:
                raise SubmissionsError(f"There is no submission of {student!r} in '{self._path}'.")
            return self._reader.read(student, self._roster.students[student])


def open_folder(
    folder: Path,
    exercises: Sequence[str],
    entry_points: Mapping[str, Sequence[str]] | None = None,
    *,
    times: Path | None = None,
    zone: tzinfo | None = None,
    file_dates: bool = False,
    arriving: bool = False,
    layout: Layout = Layout.AUTO,
    assignment: str | None = None,
) -> SubmissionsFolder:
    """Open a folder of submissions, to read one student after the other.

    Args:
        folder: Where the students' folders are, or one student's own, or what a platform lets staff download.
        exercises: The exercises to read, by name.
        entry_points: For every exercise of the course, the functions and classes that it
            asks for: a notebook that mentions none of an exercise's is not sent for it.
        times: A file that says when things were handed in; else `submitted.csv` in the folder.
        zone: Where clocks are that write times without an offset.
        file_dates: Whether a file's modification time counts where nothing better is known.
        arriving: Whether submissions may come later, so that an empty folder is none to complain of;
            they come as folders and archives.
        layout: How the class lies.
        assignment: Which one of nbgrader's is read; None for the only one.

    Raises:
        SubmissionsError: There is no submission, or a folder's name cannot be a student's id.
    """
    known = dict.fromkeys(exercises, ()) | dict(entry_points or {})
    if arriving and layout == Layout.AUTO:
        layout = Layout.FOLDERS
    stack = ExitStack()
    try:
        with _told(folder):
            clock = Clock(zone, file_dates)
            left_out: list[str] = []
            place = _named(folder, stack, left_out)
            roster = roster_of(folder, place, known, clock, layout, assignment)
            told = find_times(times, roster.place, known, zone, alone=roster.alone)
            found = SubmissionsFolder(folder, roster, Reader(exercises, known, told), stack)
        if not found.students and not arriving:
            raise SubmissionsError(_nothing_in(folder, exercises))
        if left_out:
            found.notes += (_without(left_out),)
        if not arriving:
            found.notes += told.strangers(found.students)
    except BaseException:
        stack.close()
        raise
    return found


def read_submissions(
    folder: Path, exercises: Sequence[str], entry_points: Mapping[str, Sequence[str]] | None = None
) -> list[Submission]:
    """The submissions in `folder`, sorted by student; see `read_folder`."""
    return list(read_folder(folder, exercises, entry_points).submissions)


def read_folder(
    folder: Path, exercises: Sequence[str], entry_points: Mapping[str, Sequence[str]] | None = None
) -> ReadFolder:
    """Every student's last attempt, all at once, and notes on what else lies in `folder`; see `open_folder`.

    Raises:
        SubmissionsError: There is no submission, or a folder's name cannot be a student's id.
    """
    with open_folder(folder, exercises, entry_points) as found:
        return ReadFolder(tuple(found.read(student)[-1] for student in found.students), found.notes)


def read_one(
    path: Path, exercises: Sequence[str], entry_points: Mapping[str, Sequence[str]] | None = None
) -> Submission:
    """One student's folder or archive, whatever it is called: the last attempt in it; see `open_folder`.

    Raises:
        SubmissionsError: It is neither, or cannot be read.
    """
    known = dict.fromkeys(exercises, ()) | dict(entry_points or {})
    at = path.resolve()  # a link that a person names is meant
    if not at.is_dir() and not is_archive(at.name):
        raise SubmissionsError(f"'{path}' is neither a folder nor an archive such as .zip; name one.")
    entry = Entry(at.name, text(at.name), "folder" if at.is_dir() else "file")
    with ExitStack() as stack, _told(path):
        around = Folder(stack.enter_context(opened(at.parent)), Meter(STUDENT), stack)
        return Reader(exercises, known, Times()).read("", HandedIn(around, (entry,), Clock()))[-1]


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Whatever keeps the place itself from being read becomes one sentence."""
    try:
        yield
    except OSError as error:
        raise SubmissionsError(_unreadable(folder, error)) from None
    except Refused as refused:
        raise SubmissionsError(
            f"The archive '{folder}' is not read: {refused.why}. "
            "Name a folder that holds the students' folders instead."
        ) from None


def read_file(path: Path, exercise: str, exercises: Sequence[str] = ()) -> Bundle:
    """The bundle for checking one file: it, and the modules beside it that it imports.

    Args:
        path: The file.
        exercise: The exercise that it is.
        exercises: All exercises of the course.

    Returns:
        A bundle; whatever is wrong with the file is its `problem`.
    """
    known = dict.fromkeys((exercise, *exercises), ())
    try:
        with ExitStack() as stack:
            descriptor = stack.enter_context(opened(path.absolute().parent))
            meter = Meter(STUDENT)
            handed = Handed(Folder(descriptor, meter, stack), known, meter)
            return handed.bundle_of(exercise, (text(path.name),))
    except OSError as error:
        return broken(exercise, text(path.parent.name), error)


def _named(path: Path, stack: ExitStack, left_out: list[str]) -> Place:
    """The folder or archive that a person named; `left_out` gets why entries of it are not read."""
    try:
        return Folder(stack.enter_context(opened(path)), Meter(STUDENT), stack)
    except NotADirectoryError:
        if not is_archive(path.name):
            raise
        meter = Meter(CLASS, forgiving=True)
        place = open_archive(stack.enter_context(named_file(path)), text(path.name), meter)
        left_out += meter.left_out
        return place


def _without(left_out: Sequence[str]) -> str:
    """On entries of a class's archive that are not read."""
    more = f"; and {len(left_out) - _LEFT_OUT:,} more" if len(left_out) > _LEFT_OUT else ""
    return f"Of the archive these are left out: {'; '.join(left_out[:_LEFT_OUT])}{more}."


def _loose(loose: Sequence[Entry], told: str) -> tuple[str, ...]:
    """On what belongs to nobody, but for the file of times that was read."""
    links = [entry.name for entry in loose if entry.kind == "link"]
    folders = [f"{entry.name}/" for entry in loose if entry.kind == "folder"]
    files = [entry.name for entry in loose if entry.kind not in ("link", "folder") and entry.name != told]
    notes = []
    if links:
        notes.append(f"Links are not followed: {listed(links)}.")
    if files:
        notes.append(
            f"Files beside the students' folders belong to nobody and were not read: {listed(files)}."
        )
    if folders:
        notes.append(f"Folders that belong to nobody were not read: {listed(folders)}.")
    return tuple(notes)


def _nothing_in(folder: Path, exercises: Sequence[str]) -> str:
    return (
        f"There are no submissions in '{folder}': it should hold a folder or an archive for each student, "
        f"with files such as '{expected(exercises[0])[0]}'."
    )


def _unreadable(folder: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no folder '{folder}'; name the folder that holds the students' folders."
    if isinstance(error, NotADirectoryError):
        return (
            f"'{folder}' is a file, neither a folder nor an archive such as .zip; "
            "name the folder that holds the students' folders."
        )
    return f"The folder '{folder}' cannot be read ({error.strerror or error})."
