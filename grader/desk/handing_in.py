"""What a student hands in: which files go along, and what `grade` will read of them.

The package is laid out flat where that reads the same as it was checked, else with
a folder for each exercise; the reader that `grade` uses is asked before anything
is written, and what it reads is what the receipt says. Nothing is written here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course
from grader.desk.advice import shown
from grader.desk.work import ENDINGS, Around, Target, bundles_of, is_started
from grader.errors import GraderError, OutputError, SubmissionsError
from grader.release import zipped
from grader.report.numbers import listed
from grader.report.text import describe
from grader.report.words import names
from grader.submission import Bundle, open_folder
from grader.submission.names import near

LARGE = 10 << 20
"""Bytes of an archive from which learning platforms begin to refuse."""

Files = Mapping[str, bytes]
"""What goes along: contents by path."""


@dataclass(frozen=True)
class Piece:
    """An exercise that is handed in.

    Attributes:
        work: The student's file.
        bundle: What a check of it reads.
        companions: What a check of it reads besides.
    """

    work: Target
    bundle: Bundle
    companions: tuple[Bundle, ...]


@dataclass(frozen=True)
class Package:
    """What is handed in.

    Attributes:
        files: Contents by path.
        archive: All of it as a zip, the same bytes for the same files.
        read: What `grade` reads of each exercise, in the course's order.
    """

    files: Files
    archive: bytes
    read: tuple[Bundle, ...]


def pieces_of(
    course: Course, works: Sequence[Target], here: Path
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """What of some works can be handed in, and a sentence on each that cannot be read."""
    pieces, unreadable = [], []
    for work in works:
        bundle, companions = bundles_of(course, work, here)
        if bundle.problem is None:
            pieces.append(Piece(work, bundle, companions))
        else:
            message = describe(bundle.problem)
            unreadable.append(f"{work.exercise.name}: {message.headline} {message.next_step}")
    return tuple(pieces), tuple(unreadable)


def packed(course: Course, pieces: Sequence[Piece]) -> Package:
    """The package, laid out so that `grade` reads of it what was checked.

    Raises:
        GraderError: The reader that `grade` uses does not find an exercise in it.
    """
    layouts = [files for files in (_flat(pieces), _in_folders(pieces)) if files is not None]
    candidates = [Package(files, zipped(files.items()), _read(course, pieces, files)) for files in layouts]
    checked = [piece.bundle.digest for piece in pieces]
    for candidate in candidates:
        if [bundle.digest for bundle in candidate.read] == checked:
            return candidate
    for candidate in candidates:  # notebooks of which each speaks of the other's exercise: both are searched
        if all(bundle.problem is None for bundle in candidate.read):
            return candidate
    lost = [bundle.exercise for bundle in candidates[-1].read if bundle.problem is not None]
    raise GraderError(
        f"The archive would not be read as it was checked ({', '.join(lost)}); please report this."
    )


def _flat(pieces: Sequence[Piece]) -> Files | None:
    """All files side by side; None where two of one name differ."""
    files: dict[str, bytes] = {}
    for piece in pieces:
        for file in piece.bundle.files:
            if files.setdefault(file.name, file.content) != file.content:
                return None
    return files


def _in_folders(pieces: Sequence[Piece]) -> Files:
    """A folder for each exercise, but for notebooks of another name, which hold several."""
    files: dict[str, bytes] = {}
    for piece in pieces:
        is_own = piece.work.path.stem == piece.work.exercise.name
        folder = f"{piece.work.exercise.name}/" if is_own else ""
        files |= {f"{folder}{file.name}": file.content for file in piece.bundle.files}
    return files


def _read(course: Course, pieces: Sequence[Piece], files: Files) -> tuple[Bundle, ...]:
    """What `grade` reads of an archive with these files."""
    exercises = [piece.work.exercise.name for piece in pieces]
    try:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "student.zip").write_bytes(zipped(files.items()))
            with open_folder(Path(folder), exercises, course.entry_points) as found:
                (student,) = found.students
                return found.read(student)[-1].bundles
    except OSError as error:
        raise OutputError(
            f"The archive cannot be tried out in '{tempfile.gettempdir()}' ({error.strerror}); "
            "make room there, or name another folder with TMPDIR."
        ) from None
    except SubmissionsError as error:
        raise GraderError(f"The archive would not be read ({error}); please report this.") from None


def warnings(
    course: Course,
    around: Around,
    works: Sequence[Target],
    pieces: Sequence[Piece],
    package: Package,
    here: Path,
) -> Iterator[str]:
    """One sentence on each thing that a student may have wanted in the archive, or may not.

    Args:
        course: The course.
        around: What lies around her.
        works: What of it was to be handed in.
        pieces: What of that could be read.
        package: What they became.
        here: The folder that she works in.
    """
    inside = [piece.work.exercise.name for piece in pieces]
    taken = {piece.work.path.absolute().parent / file.name for piece in pieces for file in piece.bundle.files}
    yield from _absent(course, around, inside, here)
    if left := [each.exercise.name for each in around.works if each not in works]:
        yield f"Started, but not in it: {listed(left, 12)}."
    for piece in pieces:
        name, own = piece.work.exercise.name, shown(piece.work.path, here)
        if lacking := [other for other in piece.work.exercise.companions if other not in inside]:
            yield f"Some tests of {name} need {listed(lacking, 7)} too, which is not in it."
        others = around.passed_over.get(name, ())
        if files := [shown(path, here) for path in others if path.absolute() not in taken]:
            yield f"{name} is taken from {own}, and not from {listed(files, 5)}."
    if unneeded := _left_out(course, around, taken, here):
        yield f"Not in it, because no exercise needs it: {listed(names(unneeded), 7)}."
    if len(package.archive) > LARGE:
        yield (
            f"It has {len(package.archive) >> 20} MiB, and many platforms take no more than {LARGE >> 20}: "
            "clear the outputs of your notebooks if yours refuses it."
        )


def _absent(course: Course, around: Around, inside: Sequence[str], here: Path) -> Iterator[str]:
    """What is said of exercises that nobody has begun, or whose file has another name."""
    waiting = [target for target in around.waiting if target.exercise.name not in inside]
    for target in waiting:
        yield f"{target.exercise.name} is not in it: nothing is filled in yet in {shown(target.path, here)}."
    known = {target.exercise.name for target in (*around.works, *waiting)}
    absent = [name for name in course.names if name not in known]
    for name in absent:
        if guess := near(name, (*_files_in(here), *_files_in(here / name)), course.names):
            ending = ".ipynb" if ".ipynb" in guess else ".py"
            yield f"Is '{guess}' your {name}? Then rename it to {name}{ending}, and submit again."
    if absent:
        yield f"Not here, so not in it: {listed(absent, 12)}."


def _left_out(course: Course, around: Around, taken: Set[Path], here: Path) -> list[str]:
    """Programs and notebooks beside what is handed in that do not go along."""
    told = {target.path.absolute() for target in (*around.works, *around.waiting)}
    told |= {path.absolute() for paths in around.passed_over.values() for path in paths}
    beside = (
        folder / name for folder in sorted({path.parent for path in taken}) for name in _files_in(folder)
    )
    return [
        shown(path, here)
        for path in beside
        if path.suffix in ENDINGS and path not in taken | told and not _is_handed_out(path, course)
    ]


def _is_handed_out(path: Path, course: Course) -> bool:
    """Whether a file is as the course gave it: visible tests, and stubs that nobody has filled in."""
    if path.name in {f"test_{name}.py" for name in course.names}:
        return True
    return path.stem in course.names and not is_started(path, course.exercise(path.stem))


def _files_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_file() and path.name[0] != ".")
    except OSError:
        return []
