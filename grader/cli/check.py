"""`grader check`: run the visible tests on a student's own files.

What she has forty times an evening: one exercise, a file, or whatever is
started around her. The judge is the same as for marks; only the tests differ.
Nothing of the staff's is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.choices import Device
from grader.cli.exits import COULD_NOT, FINDINGS
from grader.cli.place import (
    complete_exercise,
    files_of,
    is_started,
    laid_out,
    place_of,
    progress,
    started,
)

if TYPE_CHECKING:
    from grader.course import Course, Exercise
    from grader.report.model import ExerciseReport


@dataclass(frozen=True)
class Target:
    """A file to check, as an exercise."""

    exercise: Exercise
    path: Path


def check(
    context: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="EXERCISE|FILE",
            autocompletion=complete_exercise,
            help="What to check; everything that you have started if nothing is named.",
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
    as_json: Annotated[bool, typer.Option("--json", help="For a program: one JSON document.")] = False,
) -> None:
    """Check your work: run the tests that you have, and say what differs.

    Exits with 0 if all passed, 1 if something is to be mended, 2 if it could not be checked.

    \b
    Examples:
      grader check
      grader check softmax
      grader check softmax --device all
      grader check drafts/softmax2.py --as softmax
    """
    course = place_of(context).course(staff=False)
    reports: list[ExerciseReport] = []
    for target in targets(course, what, exercise):
        progress(f"checking {target.exercise.name} ...")
        report = run(course, target, device, seed)
        progress("")
        if not as_json:
            show(report, first=not reports)
        reports.append(report)
    code = max(map(exit_code, reports))
    if as_json:
        document = {
            "schema_version": 1,
            "ok": code == 0,
            "exercises": [report.model_dump(mode="json") for report in reports],
        }
        print(json.dumps(document, indent=1))
    raise typer.Exit(code)


def run(course: Course, target: Target, device: Device, seed: int | None) -> ExerciseReport:
    """The report of one target, as its student may see it.

    Raises:
        GraderError: The tests cannot be run.
    """
    from grader.judge.run import check_exercise
    from grader.submission import read_file

    companions = [read_file(path, name, course.names) for name, path in companions_of(course, target)]
    bundle = read_file(target.path, target.exercise.name, course.names)
    report = check_exercise(
        course, target.exercise, bundle, device=device.value, seed=seed, companions=companions
    )
    return report.for_student(course.reveal)


def show(report: ExerciseReport, *, first: bool) -> None:
    """Print a report."""
    from grader.report.terminal import console, exercise_view

    out = console()
    if not first:
        out.print()
    out.print(exercise_view(report, each_test=True))


def exit_code(report: ExerciseReport) -> int:
    """0 if all that could run passed, 1 if the student has something to mend, 2 if it is on our side."""
    from grader.findings import NotRun
    from grader.verdicts import Blame, Verdict

    if any(test.blame in (Blame.GRADER, Blame.OPERATOR, Blame.EXERCISE) for test in report.tests):
        return COULD_NOT
    passed = [test for test in report.tests if test.verdict is Verdict.PASSED]
    # A device or a companion that is not there is nothing to mend.
    excused = [
        test
        for test in report.tests
        if test.verdict is Verdict.NOT_RUN
        and all(isinstance(f, NotRun) and f.reason in ("no-cuda", "no-companion") for f in test.findings)
    ]
    if report.findings or not passed or len(passed) + len(excused) < len(report.tests):
        return FINDINGS
    return 0


def targets(course: Course, what: str | None, exercise: str | None) -> list[Target]:
    """What to check.

    Args:
        course: The course.
        what: An exercise's name, a file, or None for everything that is started.
        exercise: The exercise that the file is, if its name does not tell.

    Raises:
        UsageError: There is no such exercise or file, or nothing is started.
    """
    from grader.errors import UsageError

    here = Path.cwd()
    if what is None:
        if exercise is not None:
            raise UsageError(
                "--as says which exercise a file is; name the file: grader check FILE --as EXERCISE."
            )
        found = [Target(course.exercise(name), path) for name, path in started(course, here).items()]
        if not found:
            raise UsageError(_nothing_started(course, here))
        return found
    if exercise is None and what.rstrip("/") in course.names:
        return [_named(course, course.exercise(what.rstrip("/")), here)]
    if exercise is None and not what.endswith((".py", ".ipynb")) and not Path(what).exists():
        course.exercise(what)  # raises with the near names
    return [_file(course, Path(what), exercise)]


def _nothing_started(course: Course, here: Path) -> str:
    name = course.names[0]
    if waiting := laid_out(course, here):
        path = next(iter(waiting.values()))
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        return f"Nothing is filled in yet: write your code into {shown}, and check again."
    return f"No exercise is started here; begin with `grader start {name}`, or name one: grader check {name}."


def _named(course: Course, exercise: Exercise, here: Path) -> Target:
    """The file of an exercise that was named."""
    from grader.errors import UsageError
    from grader.submission.names import near

    paths = files_of(exercise, course, here)
    for path in paths:
        if is_started(path, exercise):
            return Target(exercise, path)
    if paths:
        return Target(exercise, paths[0])
    guess = near(exercise.name, (path.name for path in here.iterdir() if path.is_file()), course.names)
    if guess:
        raise UsageError(
            f"There is no {exercise.name}.py here, but a '{guess}'; rename it to {exercise.name}.py."
        )
    raise UsageError(
        f"There is no {exercise.name}.py here; get it with `grader start {exercise.name}`, "
        "or name your file: grader check path/to/file.py."
    )


def _file(course: Course, path: Path, exercise: str | None) -> Target:
    """A file that was named."""
    from grader.errors import UsageError, suggestion

    if path.suffix not in (".py", ".ipynb"):
        raise UsageError(f"'{path}' is neither an exercise nor a .py or .ipynb file.")
    if not path.exists() and not path.is_symlink():
        there = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        raise UsageError(f"There is no file '{path}'.{suggestion(path.name, there)}")
    if exercise is not None:
        return Target(course.exercise(exercise), path)
    for name in (path.stem, path.absolute().parent.name):
        if name in course.names:
            return Target(course.exercise(name), path)
    raise UsageError(
        f"Which exercise is '{path}'? Say so: grader check {path} --as EXERCISE, "
        f"where EXERCISE is one of {', '.join(course.names)}."
    )


def companions_of(course: Course, target: Target) -> Iterator[tuple[str, Path]]:
    """Files of the exercises that the target's tests call too: those that are started near it."""
    folder = target.path.absolute().parent
    for name in target.exercise.companions:
        companion = course.exercise(name)
        for here in (folder, folder.parent, Path.cwd()):
            path = next((p for p in files_of(companion, course, here) if is_started(p, companion)), None)
            if path is not None:
                yield name, path
                break
