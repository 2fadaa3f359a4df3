"""The reports of a finished run, read back one student at a time.

A run is the folder that `grader grade --out` wrote. Each student's folder holds two
reports: the staff's, and the student's, from which everything that the course hides
was taken when it was written. Who exports for students reads theirs, so that
no format has to know what may be shown.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from grader.errors import UsageError, suggestion
from grader.report.files import folder_name
from grader.report.model import StudentReport
from grader.report.safe import safe_text

View = Literal["staff", "student"]

_FILES: dict[View, str] = {"staff": "report.json", "student": "student.json"}
"""Which file holds which view."""

_DIFFERENT_RUN = "name the folder that `grader grade --out` wrote"


def student_folders(run: Path) -> list[Path]:
    """The folders of the students of a run, sorted by name.

    Raises:
        UsageError: That folder holds no finished run.
    """
    place = safe_text(str(run))
    if not run.is_dir():
        raise UsageError(f"There is no folder '{place}'; {_DIFFERENT_RUN}.")
    if not (run / "run.json").is_file():
        raise UsageError(f"'{place}' holds no finished run, for there is no run.json; {_DIFFERENT_RUN}.")
    folders = [path for path in (run / "students").glob("*") if _is_students(path)]
    if not folders:
        raise UsageError(f"The run in '{place}' has no students; {_DIFFERENT_RUN}.")
    return sorted(folders, key=lambda path: path.name)


def _is_students(folder: Path) -> bool:
    """Whether there is a report, so that a folder in which staff keep something else is nobody's."""
    is_there = any((folder / name).exists() for name in _FILES.values())
    return is_there and folder.is_dir() and not folder.is_symlink()


def reports(run: Path, view: View) -> Iterator[StudentReport]:
    """Each student's report, one after the other, so that a class of any size fits into memory.

    Raises:
        UsageError: There is no run, or a report of it cannot be read.
    """
    for folder in student_folders(run):
        yield read_report(folder / _FILES[view])


def report_of(run: Path, student: str | None, view: View) -> StudentReport:
    """One student's report; where the run has one student only, `student` need not be named.

    Raises:
        UsageError: There is no such student, or nobody was named among several.
    """
    folders = student_folders(run)
    names = [folder.name for folder in folders]
    if student is None and len(folders) == 1:
        return read_report(folders[0] / _FILES[view])
    if student is None:
        raise UsageError(f"This run has {len(folders):,} students; say whose report with --student ID.")
    # Where a name is none for a folder, the folder's own is what people see, and what a near one is shown as.
    found = next((each for each in (folder_name(student), student) if each in names), None)
    if found is None:
        told = suggestion(student, names)
        raise UsageError(f"This run has no student '{safe_text(student)}'.{told}")
    return read_report(run / "students" / found / _FILES[view])


def read_report(path: Path) -> StudentReport:
    """The report in one file.

    Raises:
        UsageError: It cannot be read, or another version of the grader wrote it.
    """
    place = safe_text(str(path))
    try:
        return StudentReport.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"'{place}' cannot be read ({error.strerror}); grade the class again.") from None
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "its beginning"
        raise UsageError(
            f"'{place}' is no report of this version of the grader (see {safe_text(where)}); "
            "grade the class again."
        ) from None
