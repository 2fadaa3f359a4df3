"""`grader export csv` and `sqlite`: a run as tables, for spreadsheets and for questions in SQL."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.cli.export.choices import RUN, Read, Run, To, say, write

View = Annotated[
    Read, typer.Option(help="The staff's view, or what students may see: no names of hidden tests.")
]


def csv(to: To, run: Run = RUN, view: View = Read.STAFF) -> None:
    """Write one long table: a row for each test of each student, with verdict, points and findings.

    No cell begins a formula, whatever a student is called.

    \b
    Examples:
      grader export csv reports --to tests.csv
    """
    from grader.export.reading import reports
    from grader.export.tables import long_table

    write(to, long_table(reports(run, view.value)))
    say(to, "a row for each test.")


def sqlite(to: To, run: Run = RUN, view: View = Read.STAFF) -> None:
    """Write an SQLite database: students, exercises, tests and findings, with views of usual questions.

    \b
    Examples:
      grader export sqlite reports --to run.sqlite
    """
    from grader.export.reading import reports
    from grader.export.sqlite import database

    write(to, database(reports(run, view.value)))
    say(to, "a database; its views are marks, hardest_tests, common_mistakes and others.")
