"""What a student has passed and which hints she has seen, kept from one evening to the next.

One small file, `.grader/progress.json`, in the folder that she works in. It is a
comfort and never stands in her way: where it cannot be written, everything works
without it; where it cannot be read, it is put aside and begun anew, and one sentence
says so. No mark hangs on it, and nobody but her own commands reads it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, Field, ValidationError

from grader.findings import Frozen, NotRun
from grader.verdicts import Verdict

if TYPE_CHECKING:
    from grader.course import Course
    from grader.report.model import ExerciseReport, TestReport

FOLDER = ".grader"
FILE = "progress.json"

EXCUSES = ("no-cuda", "no-companion")
"""Why a test may not run although there is nothing to mend: a device or another exercise is not there."""

Count = Annotated[int, Field(strict=True, ge=0)]


class CheckedWork(Frozen):
    """What the last check of an exercise came to."""

    at: AwareDatetime = Field(description="When it was.")
    digest: str = Field(description="SHA-256 of what was checked, in hexadecimal digits.")
    verdict: Verdict = Field(description="The gravest verdict of its tests.")
    passed: Count = Field(description="Tests that passed.")
    tests: Count = Field(description="Tests that ran or should have: all but those with an excuse.")
    finished: bool = Field(strict=True, description="Whether there was nothing left to mend.")


class ExerciseProgress(Frozen):
    """How far a student is with one exercise."""

    hints: Count = Field(default=0, description="Hints that she has seen, from the first one on.")
    last: CheckedWork | None = Field(default=None, description="The last check; None before the first.")


class _Kept(Frozen):
    """What stands in the file."""

    schema_version: Literal[1] = Field(default=1, description="Version of this model.")
    exercises: Mapping[str, ExerciseProgress] = Field(default={}, description="By the exercise's name.")


class Progress:
    """The progress that is kept in one folder.

    Attributes:
        folder: The folder that the student works in.
        problem: One sentence if what was kept could not be read; '' if all is well.
        kept: Whether what was noted could be written down; else it lasts as long as this object.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problem = ""
        self.kept = True
        self._exercises: dict[str, ExerciseProgress] = {}
        self._read()

    def of(self, exercise: str) -> ExerciseProgress | None:
        """What is known of an exercise; None if nothing is."""
        return self._exercises.get(exercise)

    def hints_seen(self, exercise: str) -> int:
        """How many hints of an exercise were seen."""
        return self._exercises.get(exercise, ExerciseProgress()).hints

    def see_hint(self, exercise: str) -> None:
        """Note that the next hint of an exercise was seen."""
        self._read()
        old = self._exercises.get(exercise, ExerciseProgress())
        self._note(exercise, old.model_copy(update={"hints": old.hints + 1}))

    def record(self, report: ExerciseReport, content_digest: str, now: datetime) -> bool:
        """Note what a check came to.

        Args:
            report: The report, with the visible tests.
            content_digest: What was checked: `Bundle.digest`.
            now: When that was, with an offset from UTC.

        Returns:
            Whether this check finished the exercise: all passes, and the time before it did not.
        """
        self._read()
        old = self._exercises.get(report.name, ExerciseProgress())
        counted = [test for test in report.tests if not is_excused(test)]
        done = CheckedWork(
            at=now,
            digest=content_digest,
            verdict=report.verdict,
            passed=sum(test.verdict is Verdict.PASSED for test in counted),
            tests=len(counted),
            finished=is_finished(report),
        )
        self._note(report.name, old.model_copy(update={"last": done}))
        return done.finished and not (old.last is not None and old.last.finished)

    def _note(self, exercise: str, progress: ExerciseProgress) -> None:
        self._exercises[exercise] = progress
        content = _Kept(exercises=self._exercises).model_dump_json(indent=1).encode() + b"\n"
        try:
            _write(self.folder / FOLDER, content)
            self.kept = True
        except OSError:
            self.kept = False

    def _read(self) -> None:
        """Take up what is kept: another terminal, or a notebook, may have noted something meanwhile."""
        if not self.kept:  # what was noted since is nowhere else
            return
        path = self.folder / FOLDER / FILE
        try:
            content = path.read_bytes()
        except OSError:
            return
        try:
            self._exercises = dict(_Kept.model_validate_json(content).exercises)
        except ValidationError:
            self._put_aside(path)

    def _put_aside(self, path: Path) -> None:
        aside = path.with_name(f"{FILE}.damaged")
        try:
            os.replace(path, aside)
            where = f"; what was there is now in {aside.name}"
        except OSError:
            where = ""
        self.problem = (
            f"{Path(FOLDER, FILE)} could not be understood, so your progress is counted anew from here"
            f"{where}. Your own files are as they were."
        )


def is_excused(test: TestReport) -> bool:
    """Whether a test did not run for a reason that leaves its student nothing to mend."""
    return test.verdict is Verdict.NOT_RUN and all(
        isinstance(finding, NotRun) and finding.reason in EXCUSES for finding in test.findings
    )


def is_finished(report: ExerciseReport) -> bool:
    """Whether there is nothing left to mend: tests passed, and all others have an excuse."""
    passed = [test for test in report.tests if test.verdict is Verdict.PASSED]
    excused = [test for test in report.tests if is_excused(test)]
    return bool(passed) and not report.findings and len(passed) + len(excused) == len(report.tests)


def progress_folder(course: Course, here: Path) -> Path:
    """Where the progress of a student who works in `here` is kept.

    The course's folder when she works in her copy of it; else the nearest folder upwards
    that keeps some already, below her home; else `here`, or the folder above if `here` is that of
    one exercise.
    """
    here = here.absolute()
    root = course.root.absolute()
    if here.is_relative_to(root):
        return root
    home = Path(os.path.expanduser("~"))  # where somebody once asked for a hint, and that holds everything
    for folder in (here, *(above for above in here.parents if above != home)):
        if (folder / FOLDER / FILE).is_file():
            return folder
    return here.parent if here.name in course.names else here


def _write(folder: Path, content: bytes) -> None:
    """Write the file whole or not at all, in a folder that version control passes over."""
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# What the grader remembers of your evenings; no part of your work.\n*\n")
    beside = folder / f".{secrets.token_hex(8)}.part"
    try:
        beside.write_bytes(content)
        os.replace(beside, folder / FILE)
    finally:
        beside.unlink(missing_ok=True)
