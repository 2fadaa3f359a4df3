"""`grader check`: run the visible tests on a student's own files.

What she has forty times an evening: one exercise, a file, a folder, or whatever is
started around her. The judge is the same as for marks; only the tests differ.
Nothing of the staff's is read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.choices import Device
from grader.cli.place import complete_exercise, place_of, progress
from grader.cli.voice import JSON, Plain, Voice
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.cli.checking import Round
    from grader.judge.job import Job
    from grader.report.model import ExerciseReport


def check(
    context: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="EXERCISE|FILE",
            autocompletion=complete_exercise,
            help="What to check, or a folder to look in; all that you have started here if left out.",
        ),
    ] = None,
    exercise: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="EXERCISE",
            autocompletion=complete_exercise,
            help="Which exercise a FILE of another name is.",
        ),
    ] = None,
    device: Annotated[
        Device, typer.Option(help="Where your code runs; auto takes CUDA if there is one.")
    ] = Device.CPU,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Draw other random inputs; the same N, the same inputs.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again at every save, until you quit.")
    ] = False,
    plain: Plain = False,
    as_json: JSON = False,
) -> None:
    """Check your work: run the tests that you have, and say what differs.

    Exits with 0 if all passed, 1 if something is to be mended, 2 if it could not be checked.

    \b
    Examples:
      grader check
      grader check softmax
      grader check softmax --device all
      grader check drafts/softmax2.py --as softmax
      grader check --watch
    """
    from grader.cli.checking import Round
    from grader.cli.targets import targets

    course = place_of(context).course(staff=False)
    if watch:
        from grader.cli import watch_mode

        if as_json:
            raise UsageError("--watch is for people; a program checks once: grader check --json.")
        watch_mode.watch(course, what, exercise, device=device.value, seed=seed, plain=plain)
        return
    found = targets(course, what, exercise, Path.cwd())
    this = Round(course, found, None if as_json else Voice(plain))
    this.begin()
    run(this, device, seed)
    this.end()
    if as_json:
        document = {
            "schema_version": 1,
            "ok": this.code == 0,
            "exercises": [report.model_dump(mode="json") for report in this.reports],
        }
        print(json.dumps(document, indent=1))
    raise typer.Exit(this.code)


def run(this: Round, device: Device, seed: int | None) -> None:
    """Check all that was found, one after the other.

    Raises:
        GraderError: The tests cannot be run.
    """
    from grader.desk.work import bundles_of
    from grader.judge.job import own_job
    from grader.judge.run import check_exercises

    jobs = []
    for work in this.found.works:
        bundle, companions = bundles_of(this.course, work, this.found.here)
        jobs.append(own_job(work.exercise.name, bundle, companions, seed))

    def begin(job: Job) -> None:
        if not this.is_plain:
            progress(f"checking {job.exercise} ...")

    def deliver(report: ExerciseReport) -> None:
        if not this.is_plain:
            progress("")
        this.take(report.for_student(this.course.reveal), jobs[len(this.reports)])

    check_exercises(this.course, jobs, deliver, begin=begin, device=device.value)
