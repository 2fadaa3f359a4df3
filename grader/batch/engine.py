"""What can judge a batch, and what it is told while it does.

An engine is a pool of slots on this machine or a cluster of them. The driver
hands it jobs one by one as there is room for them, so that a class of any size
fits into memory, and gets reports in the order in which they end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from types import TracebackType

    from grader.judge.job import Job
    from grader.report.model import Environment, ExerciseReport


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
