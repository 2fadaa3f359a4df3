"""`grader similar`: pairs of submissions that are more alike than the class at large, for staff."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.choices import Layout
from grader.cli.grade import AcceptMissing, Assignment, AtLeast, HowItLies, Submissions
from grader.cli.place import complete_exercise, place_of, progress
from grader.cli.voice import JSON

if TYPE_CHECKING:
    from grader.course import Course
    from grader.sandbox.policy import Confinement
    from grader.similar.finding import Found

Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="EXERCISE", autocompletion=complete_exercise, help="Compare this one only; may be repeated."
    ),
]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Write pages that show pairs side by side.")]


def similar(
    context: typer.Context,
    submissions: Submissions,
    only: Only = None,
    out: Out = None,
    as_json: JSON = False,
    isolation: AtLeast = None,
    accept_missing: AcceptMissing = None,
    layout: HowItLies = Layout.AUTO,
    assignment: Assignment = None,
) -> None:
    """Find pairs of submissions that are more alike than the class at large; for staff.

    Names, numbers and comments do not count, nor what everybody was given: the stub, the handout,
    the hints, the visible tests. Nobody's code is run. What is found says where to look, and nothing
    about how it came about.

    \b
    Examples:
      grader similar submissions
      grader similar submissions --only conv2d --out alike
      grader similar submissions --json
    """
    from grader.batch.grade import demanded
    from grader.cli.marking import stoppable
    from grader.similar import writing

    course = place_of(context).course(staff=True)
    wanted = {course.exercise(name).name for name in only or ()} or set(course.names)
    names = tuple(name for name in course.names if name in wanted)
    confinement = demanded(course, isolation, accept_missing or ())
    place = writing.prepared(out, beside=submissions) if out is not None else nullcontext()
    with stoppable(), place:
        found = _found(course, submissions, names, confinement, layout, assignment)
        if out is not None:
            writing.write(found, out)
    _show(found, out, as_json=as_json)


def _found(
    course: Course,
    submissions: Path,
    names: tuple[str, ...],
    confinement: Confinement,
    layout: Layout,
    assignment: str | None,
) -> Found:
    from grader.similar.finding import find
    from grader.similar.reading import Reader
    from grader.submission import Layout as HowClassesLie
    from grader.submission import open_folder

    with (
        Reader(confinement, course.staff_files) as reader,
        open_folder(
            submissions,
            names,
            course.entry_points,
            layout=HowClassesLie(layout.value),
            assignment=assignment,
        ) as folder,
    ):
        found = find(course, folder, names, reader, progress)
    progress("")
    return found


def _show(found: Found, out: Path | None, *, as_json: bool) -> None:
    from grader.report.safe import safe_text
    from grader.report.terminal import console
    from grader.similar import writing
    from grader.similar.telling import view

    if as_json:
        print(writing.as_json(found.report))
        return
    for note in found.report.notes:
        print(f"note: {safe_text(note)}", file=sys.stderr)
    console().print(view(found.report))
    if out is not None:
        console().print(f"\nSide by side: {safe_text(str(out / writing.INDEX))}", soft_wrap=True)
