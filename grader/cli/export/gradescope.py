"""`grader export gradescope` and `gradescope-bundle`: one student's results, and the autograder itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from grader.cli.export.choices import RUN, Run, To, warn, write


class Shown(StrEnum):
    """The answers of `grader.export.gradescope.Shown`, which `--help` need not load."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    HIDDEN = "hidden"


class Read(StrEnum):
    """Whose view of a report is written."""

    STUDENT = "student"
    STAFF = "staff"


HiddenTests = Annotated[
    Shown, typer.Option(help="When students see the results of hidden tests; Gradescope's words.")
]


def gradescope(
    to: To,
    run: Run = RUN,
    student: Annotated[
        str | None, typer.Option(metavar="ID", help="Whose report; needed if the run has several students.")
    ] = None,
    hidden_tests: HiddenTests = Shown.VISIBLE,
    view: Annotated[
        Read, typer.Option(help="The staff's view is for tests that Gradescope hides; it hides them all.")
    ] = Read.STUDENT,
) -> None:
    """Write one student's report as Gradescope's results.json.

    What the course hides from students is not in it, whatever Gradescope shows.

    \b
    Examples:
      grader export gradescope reports --student ada --to results.json
      grader export gradescope reports --student ada --hidden-tests after_published --to results.json
    """
    from grader.export import gradescope as format_
    from grader.export.marks import mark
    from grader.export.reading import report_of

    report = report_of(run, student, "staff" if view is Read.STAFF else "student")
    write(to, format_.as_bytes(format_.results(report, format_.Shown(hidden_tests.value))))
    print(f"{to}: {sum(len(exercise.tests) for exercise in report.exercises)} tests.")
    whole = mark(report_of(run, report.student, "staff"))
    warn([whole.student] if whole.in_doubt else [])
