"""Judge the staff's programs and the sample class, and say what does not hold.

One set of slots judges everything. References and stubs are judged with every
seed, the other programs with the first; a verdict that changes from seed to
seed shows as a row that names the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from grader.batch.grade import jobs_of, student_report
from grader.batch.slots import Slots
from grader.course import Course
from grader.judge.job import Job
from grader.report.gradebook import differences, rows
from grader.report.model import ExerciseReport, StudentReport
from grader.submission import read_submissions
from grader.verify.programs import Program, programs
from grader.verify.report import Row, VerifyReport

Progress = Callable[[str, int, int], None]
"""Told after each program: what it was, how many are done, how many there are."""


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
    work = {job: (program, seed) for job, program, seed in _jobs(course, names, seeds)}
    failures: dict[tuple[str, str], list[str]] = {}
    counts: dict[tuple[str, str], int] = {}
    with Slots(course, names, device, jobs) as slots:
        for done, (job, report) in enumerate(slots.run(list(work)), start=1):
            program, seed = work[job]
            key = (program.exercise, program.what)
            counts[key] = counts.get(key, 0) + 1
            if (wrong := program.judgement(report)) is not None:
                failures.setdefault(key, []).append(f"{wrong} (seed {seed})")
            progress(f"{program.exercise}, {program.what}", done, len(work))
        found = [_row(key, counts[key], failures.get(key, [])) for key in sorted(counts, key=_order(course))]
        if sample and not exercises and course.sample is not None:
            found.extend(_sample_rows(course, slots))
    return VerifyReport(rows=tuple(found), seeds=seeds)


def _jobs(course: Course, names: Sequence[str], seeds: int) -> Iterator[tuple[Job, Program, int]]:
    for name in names:
        for program in programs(course, course.exercise(name)):
            for seed in range(seeds if program.every_seed else 1):
                yield (
                    Job(program.what, name, program.bundle, program.companions, f"verify {seed}"),
                    program,
                    seed,
                )


def _order(course: Course) -> Callable[[tuple[str, str]], tuple[int, int, str]]:
    kinds = ("reference", "stub", "accepted", "null answer", "mistake")

    def key(row: tuple[str, str]) -> tuple[int, int, str]:
        exercise, what = row
        return course.names.index(exercise), kinds.index(what.partition(":")[0]), what

    return key


def _row(key: tuple[str, str], count: int, wrong: Sequence[str]) -> Row:
    exercise, what = key
    if wrong:
        sentence = f"{len(wrong)} of {count} runs are not as they must be: {wrong[0]}"
    else:
        sentence = f"as it must be, {count} seed{'s' if count > 1 else ''}"
    return Row(exercise=exercise, what=what, ok=not wrong, sentence=sentence)


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
    wrong = differences(rows(students), course.sample.gradebook)
    for sentence in wrong:
        yield Row(exercise="sample class", what="gradebook", ok=False, sentence=sentence)
    if not wrong:
        count = len(students)
        sentence = f"{count} students got the marks of {course.sample.gradebook.name}"
        yield Row(exercise="sample class", what="gradebook", ok=True, sentence=sentence)
