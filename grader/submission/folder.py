"""From a folder of submissions to bundles.

Students are the subfolders and archives; a folder that holds exercise files
itself is one submission, named after it. All of it may lie in one archive. The
file of exercise `x` is `x.py` or `x.ipynb`, else whichever notebook mentions what
the exercise asks for; it may also lie in a subfolder `x`, as `grader start` lays
it out, or in an archive. Modules beside it that it imports go along.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.errors import SubmissionsError
from grader.findings import UnreadableFile
from grader.submission.archive import is_archive, open_archive, stem
from grader.submission.attempts import attempt
from grader.submission.bundle import Bundle, Submission
from grader.submission.caps import CLASS, FILE_BYTES, STUDENT, Meter, Refused
from grader.submission.clock import Clock
from grader.submission.names import SUBMITTED, expected, listed
from grader.submission.place import Entry, Place, text, whole
from grader.submission.reader import Known, Reader
from grader.submission.reading import Folder, named_file, opened, student_id
from grader.submission.student import Handed, broken
from grader.submission.times import Times, read_times

_UNREAD = {"link": "it is a link; name the file with --submitted", "empty": "it is empty"}
"""Why a file of times is not read, where its finding says it otherwise."""


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

    Attributes:
        students: Whose submissions are there, sorted.
        notes: What else lies there, one plain sentence each.
    """

    def __init__(self, path: Path, place: Place, reader: Reader, stack: ExitStack) -> None:
        self.students: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()
        self._path = path
        self._place = place
        self._reader = reader
        self._stack = stack
        self._entries: dict[str, Entry | None] = {}
        self._look()

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
            if student not in self._entries:
                raise SubmissionsError(f"There is no submission of {student!r} in '{self._path}'.")
            entry = self._entries[student]
            if entry is not None:
                return self._reader.entry(student, entry, self._place)
            return self._reader.alone(student, self._place, self._clock())

    def _look(self) -> None:
        there = _visible(self._place)
        students = _students(there, self._reader.known)
        if students is None:
            name = self._path.resolve().name
            self._entries = {student_id(stem(name) if self._path.is_file() else name): None}
        else:
            named, doubled = _named_students(students)
            self._entries = dict(named)
            self.notes = (*doubled, *_notes(there, self._reader.times.name))
        self.students = tuple(self._entries)

    def _clock(self) -> Clock:
        """For a place that is one student's own: a folder is laid out by staff, an archive packed by her."""
        clock = Clock(self._reader.zone, self._reader.file_dates)
        if isinstance(self._place, Folder):
            return clock
        changed = datetime.fromtimestamp(int(self._path.stat().st_mtime), UTC) if clock.file_dates else None
        return replace(clock, believed=False, packed=changed)


def open_folder(
    folder: Path,
    exercises: Sequence[str],
    entry_points: Mapping[str, Sequence[str]] | None = None,
    *,
    times: Path | None = None,
    zone: tzinfo | None = None,
    file_dates: bool = False,
    arriving: bool = False,
) -> SubmissionsFolder:
    """Open a folder of submissions, to read one student after the other.

    Args:
        folder: Where the students' folders are, or one student's own.
        exercises: The exercises to read, by name.
        entry_points: For every exercise of the course, the functions and classes that it
            asks for: a notebook that mentions none of an exercise's is not sent for it.
        times: A file that says when things were handed in; else `submitted.csv` in the folder.
        zone: Where clocks are that write times without an offset.
        file_dates: Whether a file's modification time counts where nothing better is known.
        arriving: Whether submissions may come later, so that an empty folder is none to complain of.

    Raises:
        SubmissionsError: There is no submission, or a folder's name cannot be a student's id.
    """
    known = dict.fromkeys(exercises, ()) | dict(entry_points or {})
    stack = ExitStack()
    try:
        with _told(folder):
            place = _class_folder(_named(folder, stack), known)
            told = _times(times, place, known, zone)
            reader = Reader(exercises, known, told, zone, file_dates)
            found = SubmissionsFolder(folder, place, reader, stack)
        if not found.students and not arriving:
            raise SubmissionsError(_nothing_in(folder, exercises))
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


def _named(path: Path, stack: ExitStack) -> Place:
    """The folder or archive that a person named."""
    try:
        return Folder(stack.enter_context(opened(path)), Meter(STUDENT), stack)
    except NotADirectoryError:
        if not is_archive(path.name):
            raise
        return open_archive(stack.enter_context(named_file(path)), text(path.name), Meter(CLASS))


def _times(named: Path | None, place: Place, known: Known, zone: tzinfo | None) -> Times:
    """What the file says that a person named, or else the one that lies beside the students' folders.

    Raises:
        SubmissionsError: It cannot be read or relied on.
    """
    if named is not None:
        try:
            with named_file(named) as file:
                content: bytes | UnreadableFile = whole(str(named), file.read(FILE_BYTES + 1))
        except OSError as error:
            raise SubmissionsError(_no_times(str(named), error.strerror or str(error))) from None
        name = str(named)
    else:
        there = _visible(place)
        found = [entry for entry in there if entry.name == SUBMITTED and entry.kind != "folder"]
        if not found or _students(there, known) is None:  # then she may have written it herself
            return Times()
        content, name = place.read(found[0]), SUBMITTED
    if isinstance(content, UnreadableFile):
        why = _UNREAD.get(content.reason) or content.detail or content.reason
        raise SubmissionsError(_no_times(name, why))
    return read_times(content, name, known, zone)


def _no_times(name: str, why: str) -> str:
    return f"The file '{name}', which says when students handed in, cannot be read ({why})."


def _visible(place: Place) -> list[Entry]:
    return [entry for entry in place.entries() if not entry.hidden]


def _class_folder(place: Place, known: Known) -> Place:
    """Where the students are: an archive of a folder has that folder round them."""
    if isinstance(place, Folder):
        return place
    inner = place
    for _ in range(4):  # three wrappings, as in `unwrapped`
        there = _visible(inner)
        students = _students(there, known) or []
        if len(students) > 1 or any(_is_submission(inner, entry, known) for entry in students):
            return inner
        if len(there) != 1 or there[0].kind != "folder" or not students:
            break
        inner = inner.inside(there[0])
    return place  # one folder in another, down to files: the outermost is the only student's


def _is_submission(place: Place, entry: Entry, known: Known) -> bool:
    return entry.kind == "folder" and _students(_visible(place.inside(entry)), known) is None


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


def _named_students(entries: Iterable[Entry]) -> tuple[list[tuple[str, Entry]], list[str]]:
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


def _notes(there: Iterable[Entry], told: str) -> tuple[str, ...]:
    loose = [entry for entry in there if entry.kind != "folder" and not _is_handed_in(entry)]
    links = [entry.name for entry in loose if entry.kind == "link"]
    files = [entry.name for entry in loose if entry.kind != "link" and entry.name != told]
    notes = []
    if links:
        notes.append(f"Links are not followed: {listed(links)}.")
    if files:
        notes.append(
            f"Files beside the students' folders belong to nobody and were not read: {listed(files)}."
        )
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
