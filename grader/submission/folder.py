"""From a folder of submissions to bundles.

Students are the subfolders; a folder that holds exercise files itself is one
submission, named after it. The file of exercise `x` is `x.py` or `x.ipynb`,
else whichever notebook mentions what the exercise asks for; it may also lie in
a subfolder `x`, as `grader start` lays it out. Modules beside it that it imports go along.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SubmissionsError
from grader.submission.bundle import Bundle, Submission, digest
from grader.submission.names import expected, listed
from grader.submission.reading import Entry, entries, opened, student_id, text
from grader.submission.student import Handed, broken

ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")


@dataclass(frozen=True)
class SubmissionsFolder:
    """A folder of submissions, read.

    Attributes:
        submissions: One for each student, sorted by student.
        notes: What else lies there, one plain sentence each.
    """

    submissions: tuple[Submission, ...]
    notes: tuple[str, ...]


def read_submissions(
    folder: Path, exercises: Sequence[str], entry_points: Mapping[str, Sequence[str]] | None = None
) -> list[Submission]:
    """The submissions in `folder`, sorted by student; see `read_folder`."""
    return list(read_folder(folder, exercises, entry_points).submissions)


def read_folder(
    folder: Path, exercises: Sequence[str], entry_points: Mapping[str, Sequence[str]] | None = None
) -> SubmissionsFolder:
    """The submissions in `folder`, and notes on what else lies there.

    Args:
        folder: Where the students' folders are, or one student's own.
        exercises: The exercises to read, by name.
        entry_points: For every exercise of the course, the functions and classes that it
            asks for: a notebook that mentions none of an exercise's is not sent for it.

    Raises:
        SubmissionsError: There is no submission, or a folder's name cannot be a student's id.
    """
    known = dict.fromkeys(exercises, ()) | dict(entry_points or {})
    try:
        with opened(folder) as descriptor:
            there = [entry for entry in entries(descriptor) if not entry.hidden]
            students = _students(there, known)
            if students is None:
                alone = Entry(raw=".", name=student_id(folder.resolve().name), kind="folder")
                return SubmissionsFolder((_read_student(alone, descriptor, exercises, known),), ())
            if not students:
                raise SubmissionsError(_nothing_in(folder, there, exercises))
            _refuse_repeats(students)
            submissions = tuple(_read_student(each, descriptor, exercises, known) for each in students)
    except OSError as error:
        raise SubmissionsError(_unreadable(folder, error)) from None
    return SubmissionsFolder(submissions, _notes(there))


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
            handed = Handed(stack.enter_context(opened(path.absolute().parent)), known, stack)
            return handed.bundle_of(exercise, (text(path.name),))
    except OSError as error:
        return broken(exercise, text(path.parent.name), error)


def _students(there: Sequence[Entry], known: Mapping[str, Sequence[str]]) -> list[Entry] | None:
    """The students' folders, or None when the folder is one student's own."""
    files = {name for exercise in known for name in expected(exercise)}
    folders = [entry for entry in there if entry.kind == "folder"]
    students = [entry for entry in folders if entry.name not in files]
    if students:
        # The layout of `grader start`: nothing but folders named after exercises.
        return None if all(entry.name in known for entry in students) else students
    return None if any(entry.name in files for entry in there) else []


def _read_student(
    entry: Entry, within: int, exercises: Sequence[str], known: Mapping[str, Sequence[str]]
) -> Submission:
    student = entry.name
    try:
        with ExitStack() as stack:
            handed = Handed(stack.enter_context(opened(entry.raw, within)), known, stack)
            bundles = tuple(handed.bundle(exercise) for exercise in exercises)
            notes = handed.notes()
    except OSError as error:
        bundles = tuple(broken(exercise, student, error) for exercise in exercises)
        notes = ()
    return Submission(student=student, bundles=bundles, notes=notes, digest=digest(bundles))


def _refuse_repeats(students: Iterable[Entry]) -> None:
    seen: set[str] = set()
    for entry in students:
        student = student_id(entry.raw)
        if student in seen:
            raise SubmissionsError(f"Two folders would both be the student {student!r}; rename one.")
        seen.add(student)


def _notes(there: Iterable[Entry]) -> tuple[str, ...]:
    loose = [entry for entry in there if entry.kind != "folder"]
    archives = [entry.name for entry in loose if entry.name.lower().endswith(ARCHIVES)]
    links = [entry.name for entry in loose if entry.kind == "link" and entry.name not in archives]
    files = [entry.name for entry in loose if entry.kind != "link" and entry.name not in archives]
    notes = []
    if archives:
        notes.append(f"Archives are not read yet; unpack each into a folder of its own: {listed(archives)}.")
    if links:
        notes.append(f"Links are not followed: {listed(links)}.")
    if files:
        notes.append(
            f"Files beside the students' folders belong to nobody and were not read: {listed(files)}."
        )
    return tuple(notes)


def _nothing_in(folder: Path, there: Sequence[Entry], exercises: Sequence[str]) -> str:
    wanted = f"it should hold a folder for each student, with files such as '{expected(exercises[0])[0]}'"
    if any(entry.name.lower().endswith(ARCHIVES) for entry in there):
        wanted += "; archives are not read yet, so unpack them first"
    return f"There are no submissions in '{folder}': {wanted}."


def _unreadable(folder: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no folder '{folder}'; name the folder that holds the students' folders."
    if isinstance(error, NotADirectoryError):
        more = (
            "archives are not read yet, so unpack it"
            if folder.name.lower().endswith(ARCHIVES)
            else "it is a file"
        )
        return f"'{folder}' is not a folder ({more}); name the folder that holds the students' folders."
    return f"The folder '{folder}' cannot be read ({error.strerror or type(error).__name__})."
