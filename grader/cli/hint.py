"""`grader hint`: help with an exercise, one step at a time.

Each call shows the next hint that the course wrote; which ones were seen is
remembered. When all are seen, the last one is shown again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.place import complete_exercise, place_of
from grader.cli.voice import Plain, Voice

if TYPE_CHECKING:
    from grader.course import Course, Exercise
    from grader.desk.progress import Progress


def hint(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="EXERCISE",
            autocompletion=complete_exercise,
            help="Which; the one that you are working on if left out.",
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Show the last one once more, and not the next.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show all of them, from the first on.")] = False,
    plain: Plain = False,
) -> None:
    """Show the next hint for an exercise: a nudge first, nearly the answer last.

    \b
    Examples:
      grader hint softmax
      grader hint softmax --again
      grader hint softmax --all
    """
    from grader.desk.progress import Progress, progress_folder
    from grader.errors import UsageError

    course, here = place_of(context).course(staff=False), Path.cwd()
    if again and everything:
        raise UsageError("--again shows one hint and --all shows every one; choose one of the two.")
    progress = Progress(progress_folder(course, here))
    exercise = _asked_for(course, name, progress, here)
    voice = Voice(plain)
    if progress.problem:
        voice.say(progress.problem)
    if not exercise.hints:
        voice.say(
            f"There are no hints for {exercise.name}. Its handout may help: {_handout(exercise, here)}."
        )
        return
    if everything:
        show_all(exercise, progress, voice)
    else:
        show_one(exercise, progress, voice, again=again)


def show_one(exercise: Exercise, progress: Progress, voice: Voice, *, again: bool) -> None:
    """Show one hint, and say how to see the next."""
    name, total = exercise.name, len(exercise.hints)
    seen = min(progress.hints_seen(name), total)
    is_new = seen < total and not (again and seen)
    number = seen + 1 if is_new else seen
    if is_new:
        progress.see_hint(name)
    voice.hint(name, exercise.hints[number - 1], number, total)
    voice.say()
    if not progress.kept:
        voice.say("Nothing can be written here, so it is not remembered which hints you have seen.")
        voice.say(f"All of them: `grader hint {name} --all`.")
    elif number < total:
        voice.say(f"Not enough? `grader hint {name}` shows hint {number + 1} of {total}.")
    elif is_new:
        voice.say("That was the last one. What the handout says, and a question to a person, help further.")
    else:
        voice.say(f"You have seen all {total}, and this is the last one.")
        voice.say(f"All of them: `grader hint {name} --all`.")


def show_all(exercise: Exercise, progress: Progress, voice: Voice) -> None:
    """Show all hints; then all are seen."""
    total = len(exercise.hints)
    for number, each in enumerate(exercise.hints, start=1):
        if number > 1:
            voice.say()
        voice.hint(exercise.name, each, number, total)
    for _ in range(total - progress.hints_seen(exercise.name)):
        progress.see_hint(exercise.name)


def _asked_for(course: Course, name: str | None, progress: Progress, here: Path) -> Exercise:
    """The exercise that was named, or the one that is being worked on.

    Raises:
        UsageError: There is no such exercise, or none is being worked on.
    """
    from grader.desk.standing import STARTED, standings
    from grader.desk.work import look_around
    from grader.errors import UsageError

    if name is not None:
        return course.exercise(Path(name).stem if Path(name).stem in course.names else name)
    found = standings(course, look_around(course, here), progress)
    begun = [each for each in found if each.stage in STARTED and not each.is_done]
    if not begun:
        raise UsageError(f"Which exercise? Name it: `grader hint {course.names[0]}`.")
    latest = max(begun, key=lambda each: each.last.at.timestamp() if each.last else 0.0)
    return latest.exercise


def _handout(exercise: Exercise, here: Path) -> str:
    from grader.desk.advice import shown

    own = here / exercise.name / exercise.handout.name
    return shown(own if own.is_file() else exercise.handout, here)
