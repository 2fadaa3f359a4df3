"""Judging the staff's programs, exactly as a stranger's would be: trials in, reports out.

A trial is a program, a seed, and the terms on which it is judged. The bench owns
the slots; it starts those of one kind when the first trial needs them, and says
after each trial how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from grader.batch.slots import Slots
from grader.course import Course
from grader.judge.job import Job
from grader.report.model import ExerciseReport
from grader.verify.programs import Program

Progress = Callable[[str, int, int], None]
"""Told after each trial: what it was, how many are done, how many there are."""


@dataclass(frozen=True)
class Trial:
    """One judging of one program.

    Attributes:
        program: What is judged.
        seed: Which inputs it gets.
    """

    program: Program
    seed: int = 0

    @property
    def job(self) -> Job:
        """The same in the judge's words; the seed stands in the place of the course's secret."""
        program = self.program
        return Job(program.name, program.exercise, program.bundle, program.companions, f"verify {self.seed}")


class Bench:
    """Where trials are judged; used as a context manager.

    Args:
        course: The course, read with its staff's files.
        exercises: Names of those that are judged.
        device: As for `grade`.
        jobs: How many slots judge side by side.
        progress: Told after each trial.
    """

    def __init__(
        self, course: Course, exercises: Sequence[str], device: str, jobs: int, progress: Progress
    ) -> None:
        self.slots = Slots(course, exercises, device, jobs)
        self._progress = progress

    def __enter__(self) -> Self:
        self.slots.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.slots.__exit__(kind, error, trace)

    def judged(self, trials: Iterable[Trial]) -> Iterator[tuple[Trial, ExerciseReport]]:
        """Judge every trial; yields each with its report, in the order in which they end.

        Raises:
            GraderError: The course cannot be judged.
        """
        work = {trial.job: trial for trial in trials}
        for done, (job, report) in enumerate(self.slots.run(list(work)), start=1):
            trial = work[job]
            yield trial, report
            self._progress(f"{trial.program.exercise}, {trial.program.name}", done, len(work))
