"""Whether the reports in a folder are those of one run, before a mark of them goes anywhere.

A run that is repeated replaces reports one student after the other. If it is stopped
half way, some marks are new and some are old, and `run.json` is still the earlier
run's: the journal tells. So does it tell of a student who has left the class, and
whose folder `grade` left alone because somebody had put a file of their own in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

_HEAD_BYTES = 65_536
"""Of run.json, in which its beginning is: the course's name and a date."""


def one_run(run: Path) -> Path:
    """A folder of reports, if they are of one run.

    Raises:
        UsageError: A run has begun to replace them, or one is of a student who is no longer there.
    """
    from grader.batch.reading import reading
    from grader.errors import OutputError, UsageError
    from grader.report.safe import safe_text

    try:
        with reading(run) as journal:
            last = journal.last_run() if journal is not None else None
            students = set(journal.students(last.run)) if journal is not None and last is not None else set()
    except OutputError:
        return run  # reports can be read without their journal
    if last is None or not students:
        return run
    is_of_last = last.run.started == _began(run)
    if last.ended is None and not is_of_last:
        raise UsageError(
            f"The last run in '{safe_text(str(run))}' is not finished, so its reports are of two runs; "
            "the same `grader grade` goes on from there, and then they can be exported."
        )
    if last.ended is not None and is_of_last and (left := _left_behind(run, students)) is not None:
        raise UsageError(
            f"'{safe_text(str(left))}' is of an earlier run, and its student is no longer in the class; "
            "take it away, and export again."
        )
    return run


def _began(run: Path) -> str | None:
    """When the run began that `run.json` is of; None where it does not say."""
    try:
        with open(run / "run.json", "rb") as file:
            # Fields of the run itself are indented by one space, and stand before its students.
            found = re.search(rb'^ "started": "([^"]*)"', file.read(_HEAD_BYTES), re.MULTILINE)
    except OSError:
        return None
    return found[1].decode("ascii", "replace") if found else None


def _left_behind(run: Path, students: Collection[str]) -> Path | None:
    """A folder with a report of somebody who is not among `students`."""
    from grader.report.files import folder_name

    known = {folder_name(student) for student in students}
    folders = sorted((run / "students").glob("*/report.json"))
    return next((path.parent for path in folders if path.parent.name not in known), None)
