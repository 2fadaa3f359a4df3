"""`grader export gradescope` and `gradescope-bundle`: one student's results, and the autograder itself."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.choices import complete_layer, layer
from grader.cli.export.choices import RUN, Read, Run, Student, To, say, warn, write
from grader.cli.place import complete_exercise, place_of
from grader.verdicts import Isolation, Layer


class Shown(StrEnum):
    """The answers of `grader.export.gradescope.Shown`, which `--help` need not load."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    HIDDEN = "hidden"


HiddenTests = Annotated[
    Shown, typer.Option(help="When students see the results of hidden tests; Gradescope's words.")
]


def gradescope(
    to: To,
    run: Run = RUN,
    student: Student = None,
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
    say(to, f"{sum(len(exercise.tests) for exercise in report.exercises)} tests.")
    whole = mark(report_of(run, report.student, "staff"))
    warn([whole.student] if whole.in_doubt else [])


def gradescope_bundle(
    context: typer.Context,
    to: Annotated[Path, typer.Option(metavar="ZIP", help="The archive to write.")],
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EXERCISE", autocompletion=complete_exercise, help="Grade this one only; may be repeated."
        ),
    ] = None,
    isolation: Annotated[
        Isolation, typer.Option(help="How well student code must be walled off there, or nothing is run.")
    ] = Isolation.CONTAINER,
    accept_missing: Annotated[
        list[Layer] | None,
        typer.Option(
            parser=layer,
            autocompletion=complete_layer,
            metavar="LAYER",
            help="Grade without this layer of isolation if it cannot be had; may be repeated.",
        ),
    ] = None,
    hidden_tests: HiddenTests = Shown.VISIBLE,
    minutes: Annotated[
        int, typer.Option(min=2, max=40, metavar="N", help="How long Gradescope lets it run.")
    ] = 10,
) -> None:
    """Build the archive with which Gradescope grades what is handed in there.

    It holds hidden tests, references and the course's secret: give it to nobody but
    Gradescope's instructors. The same course and the same grader give the same bytes.

    \b
    Examples:
      grader export gradescope-bundle --to autograder.zip
      grader export gradescope-bundle --only softmax --minutes 20 --to softmax.zip
      grader export gradescope-bundle --accept-missing landlock --to autograder.zip
    """
    from grader.cli.grade import markable
    from grader.errors import OutputError
    from grader.export.gradescope import Shown as Visibility
    from grader.export.gradescope_bundle import Settings, bundle

    course = place_of(context).course(staff=True)
    markable(course, only or ())
    for part in ("exercises", "reference", "tests"):
        if to.resolve().is_relative_to((course.root / part).resolve()):
            raise OutputError(f"'{to}' would be part of the course itself; name another place with --to.")
    settings = Settings(
        only=tuple(only or ()),
        isolation=isolation,
        accept_missing=tuple(accept_missing or ()),
        hidden_tests=Visibility(hidden_tests.value),
        minutes=minutes,
    )
    content = bundle(course, settings)
    write(to, content)
    say(to, f"{len(content):,} bytes, with hidden tests, references and the secret; for instructors only.")
