"""Judging the staff's programs, exactly as a stranger's would be: trials in, reports out.

A trial is a program, a seed, and the terms on which it is judged. Trials on the
same terms share slots, which the bench starts when it comes to them: those on the
usual terms first, because they say most. A trial in haste that runs out of time is
judged once more without haste, since it may have been the machine's fault.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import NamedTuple, Self

from grader.batch.slots import Slots
from grader.course import Course
from grader.findings import TimedOut
from grader.judge.job import Job, Manner
from grader.report.model import ExerciseReport
from grader.student.conditions import USUAL, Conditions
from grader.verdicts import Verdict
from grader.verify.programs import Program

Progress = Callable[[str, int, int], None]
"""Told after each trial: what it was, how many are done, how many there are."""

BUSY_SECONDS = 120
"""After so long a busy process ends by itself, whatever happened to us; the trials beside it take less."""

SPIN = f"""
import os, time
end, parent = time.monotonic() + {BUSY_SECONDS}, os.getppid()
while time.monotonic() < end and os.getppid() == parent:
    sum(range(100_000))
"""
"""A process that does nothing but use a core, for as long as whoever started it lives."""


AS_FOR_MARKS = Manner()
"""How submissions are judged."""


class Terms(NamedTuple):
    """What slots are started with, and what there is beside them."""

    conditions: Conditions
    device: str
    slots: int
    busy: bool


@dataclass(frozen=True)
class Trial:
    """One judging of one program.

    Attributes:
        program: What is judged.
        seed: Which inputs it gets.
        manner: How it is judged.
        conditions: What its workers find.
        device: Where it runs; '' for where everything does.
        slots: How many slots judge side by side; None for as many as were asked for.
        busy: Whether every core has something else to do as well.
        again: How often the same was judged before.
    """

    program: Program
    seed: int = 0
    manner: Manner = AS_FOR_MARKS
    conditions: Conditions = USUAL
    device: str = ""
    slots: int | None = None
    busy: bool = False
    again: int = 0

    @property
    def is_usual(self) -> bool:
        """Whether it is judged on the terms on which submissions are."""
        return self.conditions == USUAL and not (self.device or self.slots or self.busy)

    @property
    def job(self) -> Job:
        """The same in the judge's words; the seed stands in the place of the course's secret."""
        program, again = self.program, f"again {self.again}" if self.again else ""
        return Job(
            program.name,
            program.exercise,
            program.bundle,
            program.companions,
            f"verify {self.seed}",
            again,
            self.manner,
        )


class Bench:
    """Where trials are judged; used as a context manager.

    Args:
        course: The course, read with its staff's files.
        exercises: Names of those that are judged.
        device: As for `grade`.
        jobs: How many slots judge side by side.
        progress: Told after each trial.

    Attributes:
        slots: Those on the usual terms, which live as long as the bench.
    """

    def __init__(
        self, course: Course, exercises: Sequence[str], device: str, jobs: int, progress: Progress
    ) -> None:
        self._course = course
        self._exercises = tuple(exercises)
        self._usual = Terms(USUAL, device, jobs, busy=False)
        self._progress = progress
        self.slots = Slots(course, exercises, device, jobs)

    def __enter__(self) -> Self:
        self.slots.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.slots.__exit__(kind, error, trace)

    def judged(self, trials: Iterable[Trial]) -> Iterator[tuple[Trial, ExerciseReport]]:
        """Judge every trial once; yields each with its report, in the order in which they end.

        Raises:
            GraderError: The course cannot be judged.
        """
        groups: dict[Terms, dict[Job, Trial]] = {self._usual: {}}
        for trial in trials:
            groups.setdefault(self._terms(trial), {}).setdefault(trial.job, trial)
        done, total = 0, sum(map(len, groups.values()))
        for terms, work in groups.items():
            with self._slots_on(terms) as slots:
                for job, report in _patiently(slots, list(work)):
                    trial, done = work[job], done + 1
                    yield trial, report
                    self._progress(f"{trial.program.exercise}, {trial.program.name}", done, total)

    def _terms(self, trial: Trial) -> Terms:
        usual = self._usual
        slots = usual.slots if trial.slots is None else trial.slots
        return Terms(trial.conditions, trial.device or usual.device, slots, trial.busy)

    @contextmanager
    def _slots_on(self, terms: Terms) -> Iterator[Slots]:
        with ExitStack() as stack:
            if terms.busy:
                stack.enter_context(busy())
            if terms._replace(busy=False) == self._usual:
                yield self.slots
            else:
                others = Slots(
                    self._course, self._exercises, terms.device, terms.slots, conditions=terms.conditions
                )
                yield stack.enter_context(others)


def _patiently(slots: Slots, jobs: Sequence[Job]) -> Iterator[tuple[Job, ExerciseReport]]:
    """Judge every job; those in haste that ran out of time once more, when the others are done."""
    late: dict[Job, Job] = {}
    for job, report in slots.run(jobs):
        if job.manner.in_haste and _ran_out_of_time(report):
            late[replace(job, manner=replace(job.manner, in_haste=False))] = job
        else:
            yield job, report
    for job, report in slots.run(list(late)):
        yield late[job], report


def _ran_out_of_time(report: ExerciseReport) -> bool:
    findings = any(isinstance(finding, TimedOut) for finding in report.findings)
    return findings or any(test.verdict is Verdict.TIMED_OUT for test in report.tests)


@contextmanager
def busy() -> Iterator[None]:
    """A process for each core that does nothing but use it, for as long as the block lasts."""
    command = [sys.executable, "-I", "-c", SPIN]
    with ExitStack() as stack:
        for _ in range(len(os.sched_getaffinity(0))):
            process = stack.enter_context(subprocess.Popen(command, stdin=subprocess.DEVNULL))
            stack.callback(process.kill)
        yield
