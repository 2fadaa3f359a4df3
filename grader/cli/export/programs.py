"""`grader export junit`, `github`, `classroom50` and `markdown`: reports for CI, repositories and wikis."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.export.choices import RUN, Read, Run, Student, To, say, voice, warn, write

if TYPE_CHECKING:
    from grader.report.model import StudentReport

SUMMARY = "GITHUB_STEP_SUMMARY"
"""Where GitHub's runner says which file a step's summary goes to."""

OneOrAll = Annotated[
    str | None, typer.Option("--student", metavar="ID", help="One student's report; else the whole class.")
]
View = Annotated[
    Read | None,
    typer.Option(help="Whose view: the student's with --student, else the staff's, unless said."),
]


def junit(to: To, run: Run = RUN, student: OneOrAll = None, view: View = None) -> None:
    """Write JUnit XML: a suite for each student and exercise, a case for each test.

    \b
    Examples:
      grader export junit reports --to class.xml
      grader export junit reports --student ada --to ada.xml
    """
    from grader.export.junit import junit as document
    from grader.export.reading import reports

    if student is None:
        write(to, document(reports(run, "student" if view is Read.STUDENT else "staff")))
    else:
        write(to, document([_one(run, student, view)]))
    say(to, "JUnit XML.")


def markdown(to: To, run: Run = RUN, student: OneOrAll = None, view: View = None) -> None:
    """Write one student's report, or a page about the class, as Markdown.

    The page about the class names students and hidden tests: it is for staff.

    \b
    Examples:
      grader export markdown reports --student ada --to ada.md
      grader export markdown reports --to class.md
    """
    from grader.errors import UsageError
    from grader.export.markdown import class_markdown, student_markdown
    from grader.export.reading import reports

    if student is not None:
        text = student_markdown(_one(run, student, view))
    elif view is Read.STUDENT:
        raise UsageError("The page about a class is for staff alone; name a student with --student ID.")
    else:
        text = class_markdown(reports(run, "staff"))
    write(to, text.encode("utf-8"))
    say(to, "Markdown.")


def github(
    run: Run = RUN,
    student: Student = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"The file for the summary; else what {SUMMARY} names."),
    ] = None,
    folder: Annotated[
        str, typer.Option(metavar="DIR", help="Where in the repository the student's files lie.")
    ] = "",
) -> None:
    """Write a summary for a step of GitHub Actions, and print annotations for the student's lines.

    Both hold what the student may see: whoever sees the repository reads them.

    \b
    Examples:
      grader export github reports
      grader export github reports --student ada --folder week1 --to summary.md
    """
    from grader.errors import UsageError
    from grader.export.github import annotations, summary

    report = _one(run, student, None)
    if to is not None:
        write(to, summary(report).encode("utf-8"))
    elif named := os.environ.get(SUMMARY):
        _append(Path(named), report)
    else:
        raise UsageError(f"{SUMMARY} is not set here; name a file for the summary with --to FILE.")
    for line in annotations(report, folder):
        print(line)


def classroom50(
    run: Run = RUN,
    student: Student = None,
    to: To = Path("result.json"),
    release_body: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the report as Markdown too: release-body.md."),
    ] = None,
    scale: Annotated[
        int, typer.Option(min=1, help="What a point counts there, where points are fractions.")
    ] = 1,
) -> None:
    """Write one student's report as Classroom 50's result.json.

    Classroom, assignment, login and addresses come from the environment of its runner. Scores are
    the points of the tests, and both files hold what the student may see.

    \b
    Examples:
      grader export classroom50 reports
      grader export classroom50 reports --scale 2 --release-body release-body.md
    """
    from datetime import UTC, datetime

    from grader.export.classroom50 import identity, result
    from grader.export.classroom50 import release_body as body
    from grader.export.marks import mark
    from grader.report.reckoning import reckoned

    whose, report = identity(os.environ), _one(run, student, None)
    content = result(report, whose, datetime.now(UTC), scale)
    if release_body is not None:
        write(release_body, body(report, scale).encode("utf-8"))
    write(to, content)  # last, because the runner takes it for the sign that all is there
    say(to, f"{sum(len(exercise.tests) for exercise in report.exercises)} tests.")
    if scale != 1:
        print(f"Each point counts {scale} there.", file=voice(to))
    if reckoned(report):
        told = "It has the points of the tests: no lateness, weight or mark set by hand is in it."
        print(told, file=voice(to))
    warn([report.student] if mark(report).in_doubt else [])


def _one(run: Path, student: str | None, view: Read | None) -> StudentReport:
    """One student's report; what the student may see, unless the staff's view was asked for."""
    from grader.export.reading import report_of

    return report_of(run, student, "staff" if view is Read.STAFF else "student")


def _append(to: Path, report: StudentReport) -> None:
    """Put the summary behind what the step has written before: that file is the runner's, and one step's.

    Raises:
        OutputError: It cannot be written.
    """
    from grader.errors import OutputError
    from grader.export.github import summary
    from grader.report.workflow import SUMMARY_BYTES

    try:
        with open(to, "ab") as file:
            file.write(summary(report, SUMMARY_BYTES - file.tell()).encode("utf-8"))
    except OSError as error:
        raise OutputError(
            f"'{to}' cannot be written ({error.strerror}); name another file with --to FILE."
        ) from None
