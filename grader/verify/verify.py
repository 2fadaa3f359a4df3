"""Prove a course: what is read is looked at first, then everything is judged, then each prover is asked.

A prover of the static kind is a function that reads the course's files. One of the
other kind looks at every trial of its exercise as it ends, so that a program that
several of them want to see is judged once, and no report is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from grader.batch.devices import cuda_devices
from grader.batch.grade import jobs_of, student_report
from grader.batch.slots import Slots
from grader.course import Course, Exercise
from grader.report.gradebook import differences
from grader.report.gradebook import rows as gradebook_rows
from grader.report.model import ExerciseReport
from grader.submission import read_submissions
from grader.verify import citations, handout, leaks, signatures
from grader.verify.earnings import Earnings
from grader.verify.effort import NORMAL, Effort
from grader.verify.judging import Bench, Progress, Trial
from grader.verify.margins import Margins
from grader.verify.mutation import Mutation
from grader.verify.null_answers import NullAnswers
from grader.verify.portability import Portability
from grader.verify.programs import programs
from grader.verify.report import Claim, Row, Standing, VerifyReport
from grader.verify.slack import Slack
from grader.verify.sources import shown
from grader.verify.steadiness import Steadiness
from grader.verify.views import Views

SAMPLE_CLASS = "sample class"
"""What stands in the place of an exercise's name in rows about the sample class."""

STATIC: tuple[Callable[[Course, Exercise], Iterable[Row]], ...] = (
    signatures.rows,
    leaks.rows,
    handout.rows,
    citations.rows,
)
"""Provers that need no judge: they read, or start a process of their own."""


class Prover(Protocol):
    """What looks at the trials of one exercise."""

    def see(self, trial: Trial, report: ExerciseReport) -> None:
        """Told of each trial of the exercise, whoever wanted it."""

    def rows(self) -> Iterable[Row]:
        """What it found, once all trials are done."""


def verify(
    course: Course,
    exercises: Sequence[str] = (),
    *,
    effort: Effort = NORMAL,
    jobs: int = 2,
    device: str = "auto",
    sample: bool = True,
    progress: Progress = lambda what, done, total: None,
) -> VerifyReport:
    """Prove the course.

    Args:
        course: The course, read with its staff's files.
        exercises: Names of exercises; empty for all of them, and the sample class.
        effort: How much is tried.
        jobs: How many slots judge side by side.
        device: As for `grade`.
        sample: Whether the sample class is compared with its gradebook too
            (only when all exercises are verified).
        progress: Told after each trial.

    Raises:
        GraderError: An exercise does not exist, or the course cannot be judged.
    """
    names = [course.exercise(name).name for name in exercises] or list(course.names)
    device = _settled(device)
    provers, trials = _provers(course, names, effort, jobs, device)
    found = [row for name in names for row in _left_out(name, effort)]
    found += _static_rows(course, names, jobs)
    with Bench(course, names, device, jobs, progress) as bench:
        for trial, report in bench.judged(trials):
            for prover in provers[trial.program.exercise]:
                prover.see(trial, report)
        found += [row for name in names for prover in provers[name] for row in prover.rows()]
        claims = list(Claim)
        found.sort(key=lambda row: (names.index(row.exercise), claims.index(row.claim)))
        if sample and effort.sample and not exercises and course.sample is not None:
            found += _sample_rows(course, bench.slots)
    return VerifyReport(rows=tuple(found), seeds=effort.references)


def _settled(device: str) -> str:
    """'auto' is 'cpu' where there is no CUDA: then trials that must run there share the slots of the rest."""
    return "cpu" if device == "auto" and not cuda_devices() else device


def _provers(
    course: Course, names: Sequence[str], effort: Effort, jobs: int, device: str
) -> tuple[dict[str, tuple[Prover, ...]], list[Trial]]:
    """Those that look at trials, by exercise, and the trials that some of them want."""
    provers: dict[str, tuple[Prover, ...]] = {}
    trials: list[Trial] = []
    has_cuda = effort.devices and device != "cpu" and bool(cuda_devices())
    for name in names:
        exercise = course.exercise(name)
        staffs = list(programs(course, exercise))
        earnings = Earnings(course, staffs, effort)
        null_answers = NullAnswers(course, exercise, staffs, effort)
        steadiness = Steadiness(course, exercise, staffs, effort, jobs)
        mutation = Mutation(course, exercise, effort)
        portability = Portability(course, exercise, staffs if effort.devices else (), has_cuda=has_cuda)
        others = (Margins(course, exercise), Slack(course, exercise), Views(course, exercise))
        judging = (earnings, null_answers, mutation, steadiness, portability)
        provers[name] = (*judging, *others)
        trials += [trial for each in judging for trial in each.trials()]
    return provers, trials


def _static_rows(course: Course, names: Sequence[str], jobs: int) -> Iterator[Row]:
    """What needs no judge; examples of several handouts run side by side."""
    with ThreadPoolExecutor(jobs) as pool:
        work = [
            pool.submit(
                lambda prover, exercise: list(prover(course, exercise)), prover, course.exercise(name)
            )
            for name in names
            for prover in STATIC
        ]
        for each in work:
            yield from each.result()


def _left_out(name: str, effort: Effort) -> Iterator[Row]:
    for claim in effort.left_out():
        yield Row(
            exercise=name,
            claim=claim,
            standing=Standing.NOT_RUN,
            sentence=f"left out of {effort.name} runs",
        )


def _sample_rows(course: Course, slots: Slots) -> Iterator[Row]:
    """Grade the sample class and compare its marks with the committed gradebook."""
    assert course.sample is not None
    assert slots.environment is not None
    submissions = read_submissions(course.sample.submissions, course.names, course.entry_points)
    reports: dict[str, dict[str, ExerciseReport]] = {s.student: {} for s in submissions}
    for job, report in slots.run(jobs_of(course, submissions, course.secret or "sample")):
        reports[job.student][job.exercise] = report
    students = [student_report(course, s, reports[s.student], slots.environment) for s in submissions]
    gradebook = course.sample.gradebook
    wrong = differences(gradebook_rows(students), gradebook)
    holds = f"{len(students)} students got the marks of {gradebook.name}"
    for sentence in wrong or [holds]:
        yield Row(
            exercise=SAMPLE_CLASS,
            claim=Claim.GRADEBOOK,
            standing=Standing.FAILS if wrong else Standing.HOLDS,
            sentence=sentence,
            file=shown(course, gradebook),
        )
