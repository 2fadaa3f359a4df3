"""`grader list`: the exercises of the course, and which are started here."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli.place import place_of
from grader.cli.voice import JSON, Plain, Voice

if TYPE_CHECKING:
    from grader.desk.standing import Standing


def list_exercises(context: typer.Context, plain: Plain = False, as_json: JSON = False) -> None:
    """List the course's exercises, and which you have started here.

    \b
    Examples:
      grader list
      grader --course ~/course list --json
    """
    from grader.desk.advice import advice
    from grader.desk.progress import Progress, progress_folder
    from grader.desk.standing import STARTED, standings
    from grader.desk.work import look_around

    course, here = place_of(context).course(staff=False), Path.cwd()
    found = standings(course, look_around(course, here), Progress(progress_folder(course, here)))
    if as_json:
        document = {"schema_version": 1, "course": course.name, "exercises": [_entry(each) for each in found]}
        print(json.dumps(document, indent=1))
        return
    voice = Voice(plain)
    voice.say(course.name, "bold")
    voice.rows(
        [
            (
                (each.exercise.name, "bold"),
                (each.stage.value if each.stage in STARTED else "", "green"),
                (each.exercise.summary, ""),
            )
            for each in found
        ]
    )
    if not any(each.stage in STARTED for each in found):
        voice.say()
        for line in advice(next((each for each in found if each.path is not None), found[0]), here):
            voice.say(line)


def _entry(standing: "Standing") -> dict[str, object]:
    from grader.desk.standing import STARTED

    exercise, started = standing.exercise, standing.stage in STARTED
    return {
        "name": exercise.name,
        "title": exercise.title,
        "summary": exercise.summary,
        "started": started,
        "file": str(standing.path) if started else None,
    }
