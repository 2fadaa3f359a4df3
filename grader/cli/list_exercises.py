"""`grader list`: the exercises of the course, and which are started here."""

import json
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.place import place_of


def list_exercises(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For a program: one JSON document.")] = False,
) -> None:
    """List the course's exercises, and which you have started here.

    \b
    Examples:
      grader list
      grader --course ~/course list --json
    """
    from grader.cli.place import laid_out, started

    course = place_of(context).course(staff=False)
    files = started(course, Path.cwd())
    if as_json:
        exercises = [
            {
                "name": each.name,
                "title": each.title,
                "summary": each.summary,
                "started": each.name in files,
                "file": str(files[each.name]) if each.name in files else None,
            }
            for each in course.exercises
        ]
        print(json.dumps({"schema_version": 1, "course": course.name, "exercises": exercises}, indent=1))
        return
    from rich.table import Table
    from rich.text import Text

    from grader.report.terminal import console

    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for each in course.exercises:
        state = "started" if each.name in files else ""
        table.add_row(Text(each.name, "bold"), Text(state, "green"), Text(each.summary))
    out = console()
    out.print(Text(course.name, "bold"))
    out.print(table)
    if not files:
        waiting = [*laid_out(course, Path.cwd())]
        todo = (
            f"Fill one in, then `grader check {waiting[0]}`"
            if waiting
            else f"Begin with `grader start {course.names[0]}`"
        )
        out.print(Text(f"\n{todo}."))
