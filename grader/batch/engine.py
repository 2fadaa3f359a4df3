"""What can judge a batch, and what it is told while it does.

An engine is a pool of slots on this machine or a cluster of them. The driver
hands it jobs one by one as there is room for them, so that a class of any size
fits into memory, and gets reports in the order in which they end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Protocol, Self

from grader.course import Exercise
from grader.findings import GraderFault
from grader.judge.job import Job
from grader.report.model import Environment, ExerciseReport
from grader.verdicts import Verdict

ASK_AGAIN_SECONDS = 0.3
"""Where there was no job, somebody waits for a file to arrive: a third of a second is soon."""

LOSSES = 2
"""Judges or nodes that a job may take along: once is an accident. Then the grader takes the blame."""


class Progress(Protocol):
    """Told what happens; called from the driver's one thread, and never late enough to slow it down."""

    def expect(self, students: int) -> None:
        """So many students are there (more may arrive where a folder is watched)."""

    def started(self, job: Job) -> None:
        """A slot has begun with this job."""

    def finished(self, job: Job, report: ExerciseReport) -> None:
        """A job has its report, and the journal has it too."""

    def reused(self, student: str, exercise: str) -> None:
        """An exercise's result was in the journal; nothing was run."""

    def completed(self, student: str) -> None:
        """A student's reports are written."""


class Engine(Protocol):
    """Judges jobs; used as a context manager, at whose end nothing that it started is left.

    Attributes:
        environment: What jobs run on; known once the first report has come.
    """

    environment: Environment | None

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def run(self, jobs: Iterable[Job | None]) -> Iterator[tuple[Job, ExerciseReport]]:
        """Judge every job; yields each with its report, in the order in which they end.

        Args:
            jobs: Asked for the next one only when a slot has room, and never waited
                for: None means that there is nothing now but may be later.

        Raises:
            IsolationError: A layer that is required cannot be had, or only some slots have it.
            GraderError: The course's tests cannot be collected, or no far side can be started.
        """


def given_up(exercise: Exercise, job: Job, detail: str) -> ExerciseReport:
    """The report of a job that was lost with whatever judged it, again and again.

    Args:
        exercise: The job's exercise.
        job: The job.
        detail: What happened, for staff.
    """
    return ExerciseReport(
        name=exercise.name,
        title=exercise.title,
        verdict=Verdict.ERROR,
        score=0,
        max_score=0,
        files=tuple(file.name for file in job.bundle.files),
        digest=job.bundle.digest,
        notes=job.bundle.notes,
        findings=(GraderFault(detail=detail),),
        tests=(),
        seconds=0,
    )
