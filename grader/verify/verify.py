"""Judge the staff's programs and the sample class, and say what does not hold.

One set of slots judges everything. References and stubs are judged with every
seed, the other programs with the first; a verdict that changes from seed to
seed shows as a row that names the seed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.batch.grade import jobs_of, student_report
from grader.batch.slots import Slots
from grader.course import Course
from grader.report.gradebook import differences, rows
from grader.report.model import ExerciseReport, StudentReport
from grader.submission import read_submissions
from grader.verify.judging import Bench, Progress, Trial
from grader.verify.programs import Program, programs
from grader.verify.report import Claim, Row, Standing, VerifyReport

SAMPLE_CLASS = "sample class"
"""What stands in the place of an exercise's name in rows about the sample class."""

EVERY_SEED = (Claim.REFERENCE, Claim.STUB)
"""Programs that are judged with all seeds, not only with the first."""


def verify(
    course: Course,
    exercises: Sequence[str] = (),
    *,
    seeds: int = 3,
    jobs: int = 2,
    device: str = "auto",
    sample: bool = True,
    progress: Progress = lambda what, done, total: None,
) -> VerifyReport:
    """Prove the course.

    Args:
        course: The course, read with its staff's files.
        exercises: Names of exercises; empty for all of them, and the sample class.
        seeds: How many seeds references and stubs are judged with.
        jobs: How many slots judge side by side.
        device: As for `grade`.
        sample: Whether the sample class is compared with its gradebook too
            (only when all exercises are verified).
        progress: Told after each program.

    Raises:
        GraderError: An exercise does not exist, or the course cannot be judged.
    """
    names = [course.exercise(name).name for name in exercises] or list(course.names)
    trials = list(_trials(course, names, seeds))
    wrong: dict[Program, list[str]] = {trial.program: [] for trial in trials}
    counts = dict.fromkeys(wrong, 0)
    with Bench(course, names, device, jobs, progress) as bench:
        for trial, report in bench.judged(trials):
            counts[trial.program] += 1
            if (sentence := trial.program.judgement(report)) is not None:
                wrong[trial.program].append(f"{sentence} (seed {trial.seed})")
        found = [_row(course, program, counts[program], wrong[program]) for program in wrong]
        if sample and not exercises and course.sample is not None:
            found.extend(_sample_rows(course, bench.slots))
    return VerifyReport(rows=tuple(found), seeds=seeds)


def _trials(course: Course, names: Sequence[str], seeds: int) -> Iterator[Trial]:
    for name in names:
        for program in programs(course, course.exercise(name)):
            for seed in range(seeds if program.claim in EVERY_SEED else 1):
                yield Trial(program, seed)


def _row(course: Course, program: Program, count: int, wrong: Sequence[str]) -> Row:
    if wrong:
        sentence = f"{len(wrong)} of {count} runs are not as they must be: {wrong[0]}"
    else:
        sentence = f"as it must be, {count} seed{'s' if count > 1 else ''}"
    return Row(
        exercise=program.exercise,
        claim=program.claim,
        what=program.what,
        standing=Standing.FAILS if wrong else Standing.HOLDS,
        sentence=sentence,
        file=_from_root(course, program.path),
    )


def _from_root(course: Course, path: Path) -> str:
    return Path(os.path.relpath(path, course.root)).as_posix()


def _sample_rows(course: Course, slots: Slots) -> Iterator[Row]:
    """Grade the sample class and compare its marks with the committed gradebook."""
    assert course.sample is not None
    assert slots.environment is not None
    submissions = read_submissions(course.sample.submissions, course.names, course.entry_points)
    reports: dict[str, dict[str, ExerciseReport]] = {s.student: {} for s in submissions}
    for job, report in slots.run(jobs_of(course, submissions, course.secret or "sample")):
        reports[job.student][job.exercise] = report
    students: list[StudentReport] = [
        student_report(course, s, reports[s.student], slots.environment) for s in submissions
    ]
    gradebook = course.sample.gradebook
    wrong = differences(rows(students), gradebook)
    holds = f"{len(students)} students got the marks of {gradebook.name}"
    for sentence in wrong or [holds]:
        yield Row(
            exercise=SAMPLE_CLASS,
            claim=Claim.GRADEBOOK,
            standing=Standing.FAILS if wrong else Standing.HOLDS,
            sentence=sentence,
            file=_from_root(course, gradebook),
        )
