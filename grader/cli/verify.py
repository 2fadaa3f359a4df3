"""`grader verify`: prove that the course's own tests are right.

References earn full marks, stubs earn nothing and are told so kindly, known
programs get what they must, and much more (`docs/verifying.md`). For CI: exits
with 1 if anything does not hold, and says so where CI looks for it.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.choices import Device
from grader.cli.exits import FINDINGS
from grader.cli.grade import default_jobs, markable
from grader.cli.place import complete_exercise, place_of, progress
from grader.errors import OutputError, UsageError

if TYPE_CHECKING:
    from grader.verify import VerifyReport
    from grader.verify.effort import Effort
    from grader.verify.judging import Progress

LINE_SECONDS = 30.0
"""Between two lines where there is no terminal: a log of ten minutes has twenty, and CI sees life."""


def verify(
    context: typer.Context,
    exercises: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="EXERCISE",
            autocompletion=complete_exercise,
            help="Which; all of them and the sample class if none is named.",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A minute or so: one seed, no mistakes, no mutants.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Everything, with mutants: ten minutes or so for six exercises.")
    ] = False,
    seeds: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=10_000,
            metavar="N",
            help="How many seeds references, stubs, accepted programs and mistakes are judged with.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, max=256, metavar="N", help="Judged side by side; one for each core by default."),
    ] = None,
    device: Annotated[Device, typer.Option(help="Where the programs run.")] = Device.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="For a program: one JSON document.")] = False,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML there as well.")
    ] = None,
    on_github: Annotated[
        bool, typer.Option("--github", help="Annotate lines and write a summary, on GitHub Actions.")
    ] = False,
) -> None:
    """Prove the course: references pass, stubs fail politely, the sample class gets its marks.

    Exits with 0 if everything holds, 1 if something does not, 2 if it could not be tried.

    \b
    Examples:
      grader verify
      grader verify softmax --quick
      grader verify --full --junit verify.xml
      grader verify --json
    """
    from grader.verify import verify as prove

    effort = effort_of(quick=quick, full=full, seeds=seeds)
    course = place_of(context).course(staff=True)
    names = markable(course, exercises or ())
    with told() as tell:
        report = prove(
            course,
            names if exercises else (),
            effort=effort,
            jobs=jobs or default_jobs(),
            device=device.value,
            progress=tell,
        )
    if junit_file is not None:
        _write_junit(report, junit_file)
    if as_json:
        print(json.dumps({"ok": report.ok} | report.model_dump(mode="json"), indent=1))
    else:
        _show(report, inert=on_github)
    if on_github:
        _annotate(report, course.root, as_json=as_json)
    raise typer.Exit(0 if report.ok else FINDINGS)


def effort_of(*, quick: bool, full: bool, seeds: int | None) -> Effort:
    """The effort that was asked for.

    Raises:
        UsageError: Two were asked for.
    """
    from grader.verify.effort import FULL, NORMAL, QUICK

    if quick and full:
        raise UsageError("--quick and --full are two efforts; type one of them.")
    effort = QUICK if quick else FULL if full else NORMAL
    return effort if seeds is None else effort.with_seeds(seeds)


@contextmanager
def told() -> Iterator[Progress]:
    """Something that says how far it is: on a terminal in one line, elsewhere in a line now and then."""
    last = monotonic()

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        progress(f"{done:,} of {total:,}: {what}")
        if not sys.stderr.isatty() and monotonic() - last >= LINE_SECONDS:
            last = monotonic()
            print(f"{done:,} of {total:,} judged, last {what}", file=sys.stderr, flush=True)

    progress("starting: collecting the hidden tests ...")
    try:
        yield tell
    finally:
        progress("")


def _write_junit(report: VerifyReport, path: Path) -> None:
    from grader.report.files import write_whole
    from grader.verify.junit import junit

    write_whole(path, junit(report), "--junit")


def _show(report: VerifyReport, *, inert: bool) -> None:
    """Print the table; `inert` has GitHub's runner take no line of it for a command."""
    from grader.report.terminal import console
    from grader.verify.terminal import view

    token = secrets.token_hex(16)
    if inert:
        print(f"::stop-commands::{token}")
    console().print(view(report))
    if inert:
        print(f"::{token}::")


def _annotate(report: VerifyReport, root: Path, *, as_json: bool) -> None:
    """Annotations where the runner reads them, and the summary where it looks for one.

    Raises:
        OutputError: The summary cannot be written.
    """
    from grader.verify.github import commands, summary

    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or root)
    folder = root.relative_to(workspace).as_posix() if root.is_relative_to(workspace) else ""
    for command in commands(report, folder):
        print(command, file=sys.stderr if as_json else sys.stdout)  # the runner reads both
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(summary(report))
        except OSError as error:
            raise OutputError(f"The summary cannot be written to '{path}': {error.strerror}.") from error
