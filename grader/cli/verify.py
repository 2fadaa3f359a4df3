"""`grader verify`: prove that the course's own tests are right.

References earn full marks, stubs earn nothing and are told so kindly, known
programs get what they must. For CI: exits with 1 if anything does not hold.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.choices import Device
from grader.cli.exits import FINDINGS
from grader.cli.grade import default_jobs, markable
from grader.cli.place import complete_exercise, place_of, progress

if TYPE_CHECKING:
    from grader.verify import VerifyReport

MUST = {
    "reference": "full marks",
    "stub": "no marks, and a kind message",
    "accepted": "full marks",
    "null answer": "nothing on tests that compare numbers",
    "mistake": "rejected by the tests that it names, and named as itself",
}
"""What each kind of program has earned where all is well."""


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
    seeds: Annotated[
        int,
        typer.Option(
            min=1, max=10_000, metavar="N", help="How many seeds references and stubs are judged with."
        ),
    ] = 3,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, max=256, metavar="N", help="Judged side by side; one for each core by default."),
    ] = None,
    device: Annotated[Device, typer.Option(help="Where the programs run.")] = Device.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="For a program: one JSON document.")] = False,
) -> None:
    """Prove the course: references pass, stubs fail politely, the sample class gets its marks.

    Exits with 0 if everything holds, 1 if something does not, 2 if it could not be tried.

    \b
    Examples:
      grader verify
      grader verify softmax --seeds 50
      grader verify --json
    """
    from grader.verify import verify as prove

    course = place_of(context).course(staff=True)
    names = markable(course, exercises or ())
    report = prove(
        course,
        names if exercises else (),
        seeds=seeds,
        jobs=jobs or default_jobs(),
        device=device.value,
        progress=lambda what, done, total: progress(f"{done} of {total}: {what}"),
    )
    progress("")
    if as_json:
        print(json.dumps({"ok": report.ok} | report.model_dump(mode="json"), indent=1))
    else:
        show(report)
    raise typer.Exit(0 if report.ok else FINDINGS)


def show(report: VerifyReport) -> None:
    """Print a line for each kind of program where all is well, every row that is not, and the sum."""
    from rich.table import Table
    from rich.text import Text

    from grader.report.terminal import console
    from grader.verify.report import Standing

    out = console()
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for exercise, what, sentence in well(report):
        table.add_row(Text("ok", "green"), Text(exercise), Text(what), Text(sentence))
    if table.row_count:
        out.print(table)
    failing = [row for row in report.rows if row.standing is Standing.FAILS]
    for row in failing:
        what = f"{row.claim}: {row.what}" if row.what else row.claim
        out.print(Text.assemble(("NOT OK", "red"), f"  {row.exercise}, {what}: {row.sentence}"))
    wrong = len(failing)
    if wrong:
        out.print(Text(f"\n{wrong} of {len(report.rows)} claims do not hold."))
    else:
        out.print(Text(f"\nAll {len(report.rows)} claims hold."))


def well(report: VerifyReport) -> list[tuple[str, str, str]]:
    """Where all is well: the exercise, the kind of program, and what holds."""
    from grader.verify.report import Standing

    kinds: dict[tuple[str, str], list[str]] = {}
    for row in report.rows:
        if row.standing is Standing.HOLDS:
            kinds.setdefault((row.exercise, row.claim), []).append(row.sentence)
    lines = []
    for (exercise, what), sentences in kinds.items():
        holds = MUST.get(what)
        many = f"{len(sentences)} programs, " if len(sentences) > 1 else ""
        lines.append((exercise, what, f"{many}{holds}" if holds else sentences[0]))
    return lines
