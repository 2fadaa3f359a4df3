"""`grader grade`: mark a class and write its reports.

Puts together what was asked for, says what is about to happen and at the end
what came of it. The run itself is `grader.cli.marking`.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.choices import Device, Layout, complete_layer, layer
from grader.cli.place import complete_exercise, place_of
from grader.verdicts import Isolation, Layer

if TYPE_CHECKING:
    from grader.cli.marking import Marking
    from grader.cli.request import Request
    from grader.course import Course
    from grader.marks.overrides import Overrides

# --- what may be typed ----------------------------------------------------------

Submissions = Annotated[
    Path, typer.Argument(metavar="SUBMISSIONS", help="The folder or archive of the class.")
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Where gradebook and reports go.")]
Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="EXERCISE", autocompletion=complete_exercise, help="Mark this one only; may be repeated."
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1, max=256, metavar="N", help="Submissions judged side by side; one for each core by default."
    ),
]
OnDevice = Annotated[Device, typer.Option(help="Where student code runs; all means cpu and cuda.")]
Seed = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Draw hidden inputs from this, not from the course's secret."),
]
AtLeast = Annotated[
    Isolation | None,
    typer.Option(
        help="How well student code must be walled off, or nothing is run; else what the course asks for."
    ),
]
AcceptMissing = Annotated[
    list[Layer] | None,
    typer.Option(
        parser=layer,
        autocompletion=complete_layer,
        metavar="LAYER",
        help="Run without this layer of isolation if it cannot be had; may be repeated.",
    ),
]
GpuSlots = Annotated[
    int, typer.Option(min=1, max=64, metavar="N", help="Submissions judged side by side on each GPU.")
]
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Judge on a dask cluster, such as tcp://10.0.0.1:8786."),
]
ByHand = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Marks set by hand (CSV: student, exercise, score, reason); else DIR/overrides.csv.",
    ),
]
Submitted = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="When things were handed in (CSV: student, time); else SUBMISSIONS/submitted.csv.",
    ),
]
HowItLies = Annotated[
    Layout,
    typer.Option(help="How SUBMISSIONS lies: folders, or what a platform downloads; auto finds out."),
]
Assignment = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Which of the assignments in nbgrader's folder is marked."),
]
OnlyRaise = Annotated[
    bool,
    typer.Option(
        "--only-raise", help="Lower nobody's mark: the better of an earlier and today's result counts."
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Judge everything again, also what is in the journal.")]
Watch = Annotated[
    bool, typer.Option("--watch", help="Go on with submissions that arrive later, until Ctrl-C.")
]


def grade(
    context: typer.Context,
    submissions: Submissions,
    out: Out,
    only: Only = None,
    jobs: Jobs = None,
    device: OnDevice = Device.CPU,
    seed: Seed = None,
    isolation: AtLeast = None,
    accept_missing: AcceptMissing = None,
    gpu_slots: GpuSlots = 1,
    scheduler: Scheduler = None,
    overrides: ByHand = None,
    submitted: Submitted = None,
    layout: HowItLies = Layout.AUTO,
    assignment: Assignment = None,
    only_raise: OnlyRaise = False,
    fresh: Fresh = False,
    watch: Watch = False,
) -> None:
    """Mark a class: run the hidden tests on every submission and write the reports.

    SUBMISSIONS holds a folder or an archive for each student, with files such as softmax.py.
    Downloads from Canvas, Moodle and Gradescope and nbgrader's folder are recognised as they come.
    Typed again, the same command goes on where it was stopped, and judges only what has changed.

    \b
    Examples:
      grader grade submissions --out reports
      grader grade submissions --out reports --only softmax --only conv2d
      grader grade submissions --out reports --jobs 8 --device auto
      grader grade submissions --out reports --only-raise
      grader grade submissions --out reports --watch
    """
    from grader.batch.grade import demanded, secret_of
    from grader.cli import outputs
    from grader.cli.request import Request

    course = place_of(context).course(staff=True)
    request = Request(
        submissions=submissions,
        out=out,
        names=tuple(markable(course, only or ())),
        slots=jobs or default_jobs(),
        device=device.value,
        secret=secret_of(course, seed),
        confinement=demanded(course, isolation, accept_missing or ()),
        command=_typed(sys.argv[1:]),
        gpu_slots=gpu_slots,
        scheduler=scheduler,
        fresh=fresh,
        only_raise=only_raise,
        submitted=submitted,
        layout=layout.value,
        assignment=assignment,
    )
    with outputs.prepared(out, beside=submissions):
        by_hand = _overrides(course, overrides, out)
        marking = _watch(course, request, by_hand) if watch else _mark(course, request, by_hand)
    show(marking, request)
    for told in marking.book.warnings:
        print(f"warning: {told}", file=sys.stderr)


def _mark(course: Course, request: Request, by_hand: Overrides) -> Marking:
    from grader.batch.notice import Posted
    from grader.cli.live import Live
    from grader.cli.marking import Marking, stoppable
    from grader.cli.request import open_class, open_journal

    with stoppable(), open_class(course, request) as folder, open_journal(request) as journal:
        announce(request, len(folder.students), folder.notes)
        live = Live(len(request.names))
        marking = Marking(course, request, folder, journal, by_hand, live)
        with Posted(request.out, live.tally.notice):
            marking.run()
    return marking


def _watch(course: Course, request: Request, by_hand: Overrides) -> Marking:
    from grader.batch.notice import Posted
    from grader.cli.live import Live
    from grader.cli.marking import stoppable
    from grader.cli.request import open_journal
    from grader.cli.watching import Watching, intake_of
    from grader.report.safe import safe_text

    intake = intake_of(course, request)
    with stoppable(), open_journal(request) as journal:
        announce(request, None, ())
        live = Live(len(request.names))
        marking = Watching(course, request, intake, journal, by_hand, live)
        with Posted(request.out, live.tally.notice):
            marking.run()
    for name in intake.partial:
        print(f"note: {safe_text(name)} was still being written and was not read", file=sys.stderr)
    return marking


def announce(request: Request, students: int | None, notes: Sequence[str]) -> None:
    """Say what is about to happen, and first what may go wrong.

    Args:
        request: What was asked for.
        students: How many there are; None where they are arriving.
        notes: On what else lies beside them.
    """
    from grader.report.isolation import allowed
    from grader.report.numbers import count
    from grader.report.safe import safe_text

    if told := allowed(request.confinement):
        print(f"warning: {told}", file=sys.stderr, flush=True)
    for note in notes:
        print(f"note: {safe_text(note)}", file=sys.stderr)
    where = f"on {request.device}, {request.slots} at a time" if request.scheduler is None else "on a cluster"
    what = f"{count(students, 'submission')} of" if students is not None else "whatever arrives of"
    print(f"Marking {what} {count(len(request.names), 'exercise')} {where}.", flush=True)


def show(marking: Marking, request: Request) -> None:
    """Print the gradebook, what the class has in common, what changed, and where everything is."""
    from grader.report.about_changes import changes_view
    from grader.report.about_class import class_view
    from grader.report.files import folder_name
    from grader.report.numbers import count
    from grader.report.reckoning import moment
    from grader.report.terminal import console, rows_view

    book, out = marking.book, request.out
    if not len(book):
        print("Nothing has arrived.")
        return
    console().print(rows_view(book.rows, book.environment))
    if (told := class_view(marking.class_report)) is not None:
        print()
        console().print(told)
    changes = marking.changes
    if changes is not None and changes.students:
        print()
        console().print(changes_view(changes))
    reused = f"; {count(marking.reused, 'result')} were known from before" if marking.reused else ""
    print(f"\n{count(len(book), 'student')} in {book.seconds:.0f} s{reused}.")
    if changes is not None and not changes.students:
        print(f"Nothing changed since the run of {moment(changes.before)}.")
    print(f"Gradebook  {out / 'grades.csv'}")
    print(f"The class  {out / 'class.html'}")
    if changes is not None and changes.students:
        print(f"Changes    {out / 'changes.csv'}")
    example = out / "students" / folder_name(book.students[0]) / "report.html"
    print(f"Reports    {out / 'students'}, such as {example}")
    print(f"All data   {out / 'run.json'}")


def _overrides(course: Course, named: Path | None, out: Path) -> Overrides:
    """Marks set by hand: of the file that is named, else of the one among the reports, if it is there."""
    from grader.marks.overrides import OVERRIDES_FILE, read_overrides

    return read_overrides(named or out / OVERRIDES_FILE, course.names, required=named is not None)


def _typed(arguments: Sequence[str]) -> str:
    """What to type to go on: what was typed, but results are not to be ignored twice."""
    return shlex.join(["grader", *(word for word in arguments if word != "--fresh")])


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
