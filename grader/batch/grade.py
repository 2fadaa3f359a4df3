"""Grade a class: every exercise of every submission, over the slots.

Reports come as students are done, not as they were read; each is whole when it
comes, so that whoever writes it never writes half a student.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from grader.batch.slots import Slots
from grader.course import Course
from grader.errors import CourseError
from grader.judge.job import Job
from grader.report.model import Environment, ExerciseReport, StudentReport
from grader.sandbox.policy import Confinement
from grader.submission import Submission
from grader.verdicts import Isolation, Layer

Progress = Callable[[str, int, int], None]
"""Told after each exercise: the student, how many jobs are done, how many there are."""


def jobs_of(course: Course, submissions: Sequence[Submission], secret: str) -> list[Job]:
    """One job for each exercise of each submission, in order."""
    jobs = []
    for submission in submissions:
        bundles = {bundle.exercise: bundle for bundle in submission.bundles}
        for name, bundle in bundles.items():
            companions = tuple(bundles[c] for c in course.exercise(name).companions if c in bundles)
            jobs.append(Job(submission.student, name, bundle, companions, secret))
    return jobs


def demanded(course: Course, level: Isolation | None = None, accepted: Iterable[Layer] = ()) -> Confinement:
    """What is asked of the wall before a class is marked.

    Args:
        course: Says what is asked if nobody says anything else.
        level: Wins over the course's level, and over the layers that the course accepts as missing.
        accepted: More layers that may be missing.
    """
    asked = course.isolation
    if level is None:
        return Confinement.demanded(asked.level, {*asked.accept_missing, *accepted})
    return Confinement.demanded(level, accepted)


def grade(
    course: Course,
    submissions: Sequence[Submission],
    *,
    jobs: int,
    device: str = "cpu",
    seed: str | None = None,
    confinement: Confinement | None = None,
    progress: Progress = lambda student, done, total: None,
) -> Iterator[StudentReport]:
    """Judge submissions against the hidden tests.

    Args:
        course: The course, read with its staff's files.
        submissions: What was handed in; each bundle of each is judged.
        jobs: How many slots judge side by side.
        device: 'cpu', 'cuda', 'auto' or 'all'.
        seed: What inputs are drawn from; None takes the course's secret.
        confinement: The layers that student code is walled off with, and those
            without which it is not run; None asks for what the course says.
        progress: Told after each exercise.

    Yields:
        One report for each student, when all of that student's exercises are judged.

    Raises:
        IsolationError: A layer that is asked for cannot be had; no student's code was run.
        GraderError: The course cannot be used, or the far side cannot be started.
    """
    secret = seed if seed is not None else course.secret
    if secret is None:
        raise CourseError(
            "The course has no secret to draw hidden inputs from. "
            "Write a line of random text to reference/secret.txt, or pass --seed."
        )
    work = jobs_of(course, submissions, secret)
    names = [name for name in course.names if any(job.exercise == name for job in work)]
    handed_in = {submission.student: submission for submission in submissions}
    open_reports: dict[str, dict[str, ExerciseReport]] = {student: {} for student in handed_in}
    walled = confinement if confinement is not None else demanded(course)
    with Slots(course, names, device, jobs, walled) as slots:
        for done, (job, report) in enumerate(slots.run(work), start=1):
            progress(job.student, done, len(work))
            reports = open_reports[job.student]
            reports[job.exercise] = report
            if len(reports) == len(handed_in[job.student].bundles):
                assert slots.environment is not None, "a slot that judged has said what it runs on"
                yield student_report(course, handed_in[job.student], reports, slots.environment)


def student_report(
    course: Course, submission: Submission, reports: dict[str, ExerciseReport], environment: Environment
) -> StudentReport:
    """Sum up one student: the exercises in the course's order."""
    exercises = tuple(reports[name] for name in course.names if name in reports)
    return StudentReport(
        student=submission.student,
        course=course.name,
        score=sum(exercise.score for exercise in exercises),
        max_score=sum(exercise.max_score for exercise in exercises),
        exercises=exercises,
        notes=submission.notes,
        digest=submission.digest,
        environment=environment,
    )
