"""`grader status`: how far a student is with every exercise of the course.

What is started is seen in her files, what passed is remembered from her checks, and
nothing is run: the answer is there at once.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli.place import place_of
from grader.cli.voice import JSON, Plain, Voice

if TYPE_CHECKING:
    from grader.desk.standing import Standing

COLOURS = {"finished": "green", "checked": "yellow", "started": "yellow"}
"""How stages look; the words alone say everything too."""


def status(context: typer.Context, plain: Plain = False, as_json: JSON = False) -> None:
    """Show how far you are with each exercise, and what to do next.

    \b
    Examples:
      grader status
      grader status --plain
      grader status --json
    """
    from grader.desk.advice import what_next
    from grader.desk.progress import Progress, progress_folder
    from grader.desk.standing import standings
    from grader.desk.work import look_around

    course, here = place_of(context).course(staff=False), Path.cwd()
    progress = Progress(progress_folder(course, here))
    found = standings(course, look_around(course, here), progress)
    if as_json:
        document = {
            "schema_version": 1,
            "course": course.name,
            "exercises": [entry(each) for each in found],
            "next": " ".join(what_next(found, here)),
        }
        print(json.dumps(document, indent=1))
        return
    voice, now = Voice(plain), datetime.now(UTC)
    finished = sum(each.is_done for each in found)
    voice.say(f"{course.name}: {finished} of {len(found)} finished", "bold")
    if progress.problem:
        voice.say(progress.problem)
    voice.say()
    voice.rows([row(each, now) for each in found])
    voice.say()
    for line in what_next(found, here):
        voice.say(line, "bold")


def row(standing: Standing, now: datetime) -> tuple[tuple[str, str], ...]:
    """One exercise: its name, how far it is, and what else there is to know; each with its style."""
    about = "; ".join(details(standing, now))
    return (
        (standing.exercise.name, "bold"),
        (how_far(standing), COLOURS.get(standing.stage.value, "")),
        (about, "dim"),
    )


def how_far(standing: Standing) -> str:
    """`4 of 6 tests passed`, or the stage where nothing was counted."""
    from grader.desk.standing import Stage

    if standing.stage is Stage.CHECKED and standing.last is not None:
        return f"{standing.last.passed} of {standing.last.tests} tests passed"
    return standing.stage.value


def details(standing: Standing, now: datetime) -> list[str]:
    """When it was checked and whether it changed since, the hints that were seen, and when it is due."""
    from grader.desk.dates import when

    said = []
    if standing.last is not None:
        checked = f"checked {when(standing.last.at, now)}"
        gone = ", no file here" if standing.path is None else ""
        said.append(checked + (", changed since" if standing.changed else gone))
    elif standing.stage.value == "started":
        said.append("not checked yet")
    if standing.hints_seen:
        said.append(f"{standing.hints_seen} of {len(standing.exercise.hints)} hints seen")
    if standing.due is not None:
        verb = "was due" if standing.due < now and not standing.is_done else "due"
        said.append(f"{verb} {when(standing.due, now)}")
    return said


def entry(standing: Standing) -> dict[str, object]:
    """The same for a program."""
    last = standing.last
    return {
        "name": standing.exercise.name,
        "title": standing.exercise.title,
        "stage": standing.stage.value,
        "file": str(standing.path) if standing.path is not None else None,
        "passed": last.passed if last is not None else None,
        "tests": last.tests if last is not None else None,
        "checked": last.at.isoformat() if last is not None else None,
        "changed": standing.changed,
        "hints_seen": standing.hints_seen,
        "hints": len(standing.exercise.hints),
        "due": standing.due.isoformat() if standing.due is not None else None,
    }
