"""Reports as files: JSON for programs, text for people, each written whole or not at all.

A file is written beside its place, flushed to the disk and renamed, so that
whoever reads it (a resumed run, a sync client, a person) never sees half of
one, and Ctrl-C leaves nothing behind. JSON is pure ASCII: no student's text can
act on a terminal that shows it, and no lone surrogate can make it unreadable.
"""

import errno
import hashlib
import json
import math
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.errors import OutputError
from grader.report.about_changes import as_csv as changes_as_csv
from grader.report.changes import Changes, StudentChange
from grader.report.class_counts import ClassCounts
from grader.report.class_report import ClassReport
from grader.report.gradebook import Row, as_csv
from grader.report.model import RunReport, StudentReport
from grader.report.safe import encodable, safe_text
from grader.report.terminal import as_text, rows_view, student_view
from grader.verdicts import Reveal

_REASONS = {
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EROFS: "that file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EEXIST: "there is a file of that name where a folder should be",
    errno.EISDIR: "there is a folder of that name where a file should be",
    errno.ENAMETOOLONG: "a name in that path is too long",
}
"""What an errno means to somebody who wants reports."""

_MARKED = re.compile(r"-[0-9a-f]{8}$")
"""What a digest looks like: a name that has one of its own gets another, so that none can be imitated."""

_LONGEST_NAME = 80
"""Bytes of a student's folder name: file systems take 255, archives and sync clients fewer."""


def write_student(report: StudentReport, folder: Path, reveal: Reveal) -> Path:
    """Write one student's reports: whole for staff, redacted for the student, as text for reading.

    Args:
        report: Everything about the student.
        folder: The run's output folder, made if it is not there.
        reveal: How much of hidden tests the student may see.

    Returns:
        The student's folder, `folder/students/<student>`.

    Raises:
        OutputError: The files cannot be written.
    """
    own = folder / "students" / folder_name(report.student)
    students = report.for_student(reveal)
    for name, content in (
        ("report.json", as_json(report)),
        ("student.json", as_json(students)),
        ("report.txt", as_text(student_view(students)).encode("utf-8")),
    ):
        renew(own / name, content)
    return own


def write_class(
    gradebook: Sequence[Row], run: RunReport, students: Iterable[StudentReport], folder: Path
) -> ClassReport:
    """Write what is about the whole class: `grades.csv`, `grades.txt` and `run.json`.

    Args:
        gradebook: The rows.
        run: The run, without its students and what they have in common.
        students: Their reports, taken one at a time.
        folder: The run's output folder.

    Returns:
        What they have in common, counted on the way.

    Raises:
        OutputError: The files cannot be written.
    """
    write_whole(folder / "grades.csv", as_csv(gradebook).encode("utf-8"))
    write_whole(folder / "grades.txt", as_text(rows_view(gradebook, run.environment)).encode("utf-8"))
    counts = ClassCounts()

    def counted() -> RunReport:
        return run.model_copy(update={"class_report": counts.report()})

    write_whole(folder / "run.json", run_pieces(run, counts.passing(students), counted))
    return counts.report()


def write_changes(changes: Changes, folder: Path) -> None:
    """Write what a run changed, for staff: `changes.json` and `changes.csv` into `folder`.

    Raises:
        OutputError: The files cannot be written.
    """
    write_whole(folder / "changes.csv", changes_as_csv(changes.students).encode("utf-8"))
    write_whole(folder / "changes.json", run_pieces(changes, changes.students))


def as_json(report: StudentReport | RunReport | StudentChange | Changes) -> bytes:
    """`report` as ASCII JSON with a newline at the end; NaN and infinities are strings."""
    data = strict(report.model_dump(mode="json"))
    return json.dumps(data, ensure_ascii=True, allow_nan=False, indent=1).encode("ascii") + b"\n"


def run_pieces(
    run: RunReport | Changes,
    students: Iterable[StudentReport] | Iterable[StudentChange],
    afterwards: Callable[[], RunReport | Changes] | None = None,
) -> Iterator[bytes]:
    """What `as_json` makes of `run`, with these students in it, one after the other.

    A class of any size is written with one student's report in memory.

    Args:
        run: The run, with any students.
        students: Those that it is to have.
        afterwards: Asked for the run once all students have passed; what stands
            behind them in JSON is taken from it.
    """
    yield _around_students(run)[0] + b"["
    between = b"\n"
    for student in students:
        # Lines end between values only: in strings they are escaped.
        yield between + b"\n".join(b"  " + line for line in as_json(student).splitlines())
        between = b",\n"
    end = _around_students(afterwards() if afterwards is not None else run)[1]
    yield (b"\n ]" if between == b",\n" else b"]") + end


def _around_students(run: RunReport | Changes) -> tuple[bytes, bytes]:
    """What stands before the list of students, and what behind it."""
    # One space: lists of students further inside are indented by more.
    key = b'\n "students": '
    before, behind = as_json(run.model_copy(update={"students": ()})).split(key + b"[]", 1)
    return before + key, behind


def strict(data: Any) -> Any:
    """`data` as JSON proper has it: NaN and infinities are strings, and so are halves of characters."""
    match data:
        case str():
            return encodable(data)
        case float() if not math.isfinite(data):
            return "NaN" if math.isnan(data) else "Infinity" if data > 0 else "-Infinity"
        case list():
            return [strict(item) for item in data]
        case dict():
            return {key: strict(value) for key, value in data.items()}
        case _:
            return data


def folder_name(student: str) -> str:
    """A safe folder name for `student`: the name itself if it is plain, marked with a digest if not.

    Two students never share a folder: whatever is replaced or cut off is made
    up for by the digest of the whole name.
    """
    plain = re.sub(r"[^\w.@+ -]", "_", safe_text(student)).strip(" .")
    cut = plain.encode("utf-8")[:_LONGEST_NAME].decode("utf-8", "ignore").strip(" .")
    if cut and cut == student and not _MARKED.search(student):
        return student
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{cut or 'student'}-{digest}"


def write_whole(path: Path, content: bytes | Iterable[bytes], option: str = "--out") -> None:
    """Put a file with `content` at `path`, whole or not at all; its folder is made if need be.

    Args:
        path: Where.
        content: The bytes, or pieces of them in their order.
        option: What to type to have it elsewhere.

    Raises:
        OutputError: It cannot be written; a file that was there is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or "the system refuses")
        raise OutputError(
            f"Can't write {safe_text(str(path))}: {reason}. Choose another place with {option}."
        ) from error


def renew(path: Path, content: bytes) -> None:
    """As `write_whole`, but for a file that holds this already: a second run of a large class changes few.

    Raises:
        OutputError: It cannot be written.
    """
    if not _holds(path, content):
        write_whole(path, content)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return not path.is_symlink() and path.read_bytes() == content
    except OSError:
        return False


def _replace(path: Path, content: bytes | Iterable[bytes]) -> None:
    # Not tempfile: its files are private to the user, these follow the umask as any report does.
    beside = path.parent / f".{secrets.token_hex(8)}.part"
    try:
        with open(beside, "xb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:  # Ctrl-C too must leave nothing behind
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # The rename itself is on the disk only when the folder is.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
