"""`grader grade`: mark a class and write its reports.

Submissions are judged in slots side by side; each student's reports are written
when that student is done, the gradebook when all are. Ctrl-C keeps what is
whole and says what is not there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, cast

import typer

from grader.cli.choices import Device, complete_layer, layer
from grader.cli.exits import Interrupted
from grader.cli.place import complete_exercise, place_of, progress
from grader.verdicts import Isolation, Layer

if TYPE_CHECKING:
    from grader.course import Course
    from grader.report.model import RunReport, StudentReport
    from grader.sandbox.policy import Confinement
    from grader.submission import Submission

OURS = ("exercise", "operator", "grader")
"""Whose fault a lost point must not be."""


def grade(
    context: typer.Context,
    submissions: Annotated[
        Path, typer.Argument(metavar="SUBMISSIONS", help="The folder or archive of the class.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where gradebook and reports go.")],
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EXERCISE", autocompletion=complete_exercise, help="Mark this one only; may be repeated."
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, metavar="N", help="Submissions judged side by side; one for each core by default."
        ),
    ] = None,
    device: Annotated[
        Device, typer.Option(help="Where student code runs; all means cpu and cuda.")
    ] = Device.CPU,
    seed: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Draw hidden inputs from this, not from the course's secret."),
    ] = None,
    isolation: Annotated[
        Isolation | None,
        typer.Option(
            help="How well student code must be walled off, or nothing is run; else what the course asks for."
        ),
    ] = None,
    accept_missing: Annotated[
        list[Layer] | None,
        typer.Option(
            parser=layer,
            autocompletion=complete_layer,
            metavar="LAYER",
            help="Run without this layer of isolation if it cannot be had; may be repeated.",
        ),
    ] = None,
) -> None:
    """Mark a class: run the hidden tests on every submission and write the reports.

    SUBMISSIONS holds a folder or an archive for each student, with files such as softmax.py.

    \b
    Examples:
      grader grade submissions --out reports
      grader grade submissions --out reports --only softmax --only conv2d
      grader grade submissions --out reports --jobs 8 --device auto
      grader grade submissions --out reports --isolation container
    """
    from grader.batch.grade import demanded
    from grader.cli import outputs
    from grader.submission import read_folder

    course = place_of(context).course(staff=True)
    names = markable(course, only or ())
    found = read_folder(submissions, names, course.entry_points)
    confinement = demanded(course, isolation, accept_missing or ())
    marking = Marking(course, found.submissions, found.notes, out, confinement)
    with outputs.prepared(out, beside=submissions):
        slots = jobs or default_jobs()
        marking.announce(len(names), slots, device)
        try:
            run = marking.run(slots, device, seed)
        except KeyboardInterrupt:
            progress("")
            raise Interrupted(marking.stopped()) from None
        outputs.finish(run, out)
    show(run, out)
    warn(run)


@dataclass
class Marking:
    """One run over a class, and how far it is."""

    course: Course
    submissions: Sequence[Submission]
    notes: tuple[str, ...]
    out: Path
    confinement: Confinement
    done: list[StudentReport] = field(default_factory=list)

    def announce(self, exercises: int, jobs: int, device: Device) -> None:
        """Say what is about to happen, and first what may go wrong."""
        from grader.report.isolation import allowed
        from grader.report.safe import safe_text

        if told := allowed(self.confinement):
            print(f"warning: {told}", file=sys.stderr, flush=True)
        for note in self.notes:
            print(f"note: {safe_text(note)}", file=sys.stderr)
        print(
            f"Marking {_many(len(self.submissions), 'submission')} of {_many(exercises, 'exercise')} "
            f"on {device.value}, {jobs} at a time."
        )
        sys.stdout.flush()

    def run(self, jobs: int, device: Device, seed: str | None) -> RunReport:
        """Mark everything; reports are written as students are done.

        Raises:
            GraderError: The tests cannot be run, or reports cannot be written.
        """
        from grader.batch.grade import grade
        from grader.cli.outputs import write_student
        from grader.report.model import RunReport

        began, clock = datetime.now(UTC), monotonic()
        progress("starting ...")
        reports = grade(
            self.course,
            self.submissions,
            jobs=jobs,
            device=device.value,
            seed=seed,
            confinement=self.confinement,
            progress=_tell,
        )
        with closing(cast("Generator[StudentReport]", reports)):  # ends the slots, Ctrl-C or not
            for report in reports:
                write_student(report, self.out, self.course.reveal)
                self.done.append(report)
        progress("")
        return RunReport(
            course=self.course.name,
            started=began.isoformat(timespec="seconds"),
            seconds=round(monotonic() - clock, 3),
            environment=self.done[0].environment,
            notes=self.notes,
            students=tuple(sorted(self.done, key=lambda report: report.student)),
        )

    def stopped(self) -> str:
        """What is there after Ctrl-C, in one sentence."""
        total = len(self.submissions)
        if not self.done:
            return f"Stopped before any of {_many(total, 'student')} was done; nothing was written."
        earlier = (self.out / "run.json").is_file()
        book = "the gradebook is still the earlier run's" if earlier else "no gradebook was written"
        return (
            f"Stopped: {len(self.done)} of {_many(total, 'student')} are done, "
            f"their reports are in {self.out / 'students'}, and {book}."
        )


def markable(course: Course, only: Sequence[str]) -> list[str]:
    """The exercises to mark, in the course's order.

    Raises:
        UsageError: There is no such exercise.
        CourseError: One has no hidden tests or no reference here.
    """
    from grader.errors import CourseError

    wanted = {course.exercise(name).name for name in only} or set(course.names)
    for exercise in course.exercises:
        if exercise.name not in wanted:
            continue
        missing = [
            place
            for place, there in (
                (f"tests/hidden/test_{exercise.name}.py", exercise.hidden_tests),
                (f"reference/{exercise.name}/", exercise.reference),
            )
            if there is None
        ]
        if missing:
            raise CourseError(
                f"'{exercise.name}' cannot be marked here: {missing[0]} is missing in the course's folder; "
                "marking needs the staff's copy of the course."
            )
    return [name for name in course.names if name in wanted]


def default_jobs() -> int:
    """One slot for each core that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, 16)  # each slot holds torch twice, about 600 MB


def show(run: RunReport, out: Path) -> None:
    """Print the gradebook and where everything is."""
    from grader.report.files import folder_name
    from grader.report.terminal import console, gradebook_view

    console().print(gradebook_view(run.students))
    example = out / "students" / folder_name(run.students[0].student) / "report.txt"
    print(f"\n{_many(len(run.students), 'student')} in {run.seconds:.0f} s.")
    print(f"Gradebook  {out / 'grades.csv'}")
    print(f"Reports    {out / 'students'}, such as {example}")
    print(f"All data   {out / 'run.json'}")


def warn(run: RunReport) -> None:
    """Say at the very end what nobody should overlook."""
    from grader.report.isolation import lowered

    for told in (lowered(run.environment), not_final(run)):
        if told:
            print(f"warning: {told}", file=sys.stderr)


def not_final(run: RunReport) -> str:
    """Where marks are missing because something broke on our side, in one sentence; '' if nowhere."""
    broken = {
        (student.student, exercise.name)
        for student in run.students
        for exercise in student.exercises
        if any(finding.code == "grader-fault" for finding in exercise.findings)
        or any(test.blame in OURS for test in exercise.tests)
    }
    if not broken:
        return ""
    students, names = {student for student, _ in broken}, sorted({name for _, name in broken})
    return (
        f"Marks of {_many(len(students), 'student')} are not final, because something broke that is not "
        f"theirs, in {', '.join(names)}; report.json says what, and `grader verify` tries the course itself."
    )


def _tell(student: str, done: int, total: int) -> None:
    from grader.report.safe import safe_text

    progress(f"{done} of {total} done: {safe_text(student)}")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
