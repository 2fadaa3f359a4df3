"""`grader start`: lay out exercises for a student to work on.

Copies stub (or a notebook made of it), handout, visible tests and hints into a folder
for each exercise. A file that is there already and differs is somebody's work: it is
kept, always, and said. Each file is written whole or not at all.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.place import complete_exercise, place_of

if TYPE_CHECKING:
    from grader.course import Course, Exercise


def start(
    context: typer.Context,
    exercises: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="EXERCISE", autocompletion=complete_exercise, help="Which; all if none is named."
        ),
    ] = None,
    to: Annotated[Path, typer.Option(metavar="DIR", help="Where the exercises' folders go.")] = Path(),
    notebook: Annotated[
        bool, typer.Option("--notebook", help="As notebooks, with a check below each exercise.")
    ] = False,
) -> None:
    """Copy exercises for you to work on: what to fill in, the handout, tests and hints.

    Files that you have changed are never overwritten.

    \b
    Examples:
      grader start softmax
      grader start softmax --notebook
      grader start softmax conv2d --to ~/homework
      grader start
    """
    course = place_of(context).course(staff=False)
    for exercise in [course.exercise(name.rstrip("/")) for name in dict.fromkeys(exercises or course.names)]:
        where = to / exercise.name
        made, kept = lay_out(files(course, exercise, to, notebook=notebook), where)
        for sentence in said(exercise, where, made, kept):
            print(sentence)
    print(how_to_check(course, to, notebook=notebook))


def files(course: Course, exercise: Exercise, to: Path, *, notebook: bool) -> dict[str, bytes]:
    """What a student gets for one exercise below `to`, by name; the first is what she works in.

    Raises:
        CourseError: One of the course's files cannot be read.
    """
    from grader.desk.notebooks import notebook_of
    from grader.errors import CourseError

    stub, *others = exercise.handed_out
    try:
        mine = (
            {f"{exercise.name}.ipynb": notebook_of(course, exercise, named=not is_found(course, to))}
            if notebook
            else {stub.name: stub.read_bytes()}
        )
        return {**mine, **{path.name: path.read_bytes() for path in others}}
    except OSError as error:
        raise CourseError(f"'{error.filename}' of the course cannot be read ({error.strerror}).") from None


def said(exercise: Exercise, where: Path, made: list[str], kept: list[str]) -> list[str]:
    """What was done for one exercise, and where to begin."""
    name, sentences = exercise.name, []
    if f"{name}.ipynb" in made:
        sentences.append(f"{name}: open {where / name}.ipynb, and work from top to bottom.")
    elif f"{name}.py" in made:
        sentences.append(f"{name}: read {where / exercise.handout.name}, then fill in {where / name}.py.")
    elif made:
        sentences.append(f"{name}: new in {where}: {', '.join(made)}.")
    if kept:
        sentences.append(f"{name}: kept as it is, because you have changed it: {', '.join(kept)}.")
    return sentences or [f"{name}: everything is there already."]


def is_found(course: Course, to: Path) -> bool:
    """Whether checks in `to` find the course by themselves."""
    from grader.course import find_course
    from grader.errors import CourseError

    try:
        return "GRADER_COURSE" in os.environ or find_course(to).samefile(course.root)
    except (CourseError, OSError):
        return False


def how_to_check(course: Course, to: Path, *, notebook: bool) -> str:
    """What to type next, from where the exercises are."""
    root = shlex.quote(str(course.root.absolute()))
    command = "grader check" if is_found(course, to) else f"grader --course {root} check"
    there = "" if to.absolute() == Path.cwd() else f" in {to}"
    also = "Run the checks in the notebook, or check" if notebook else "Check"
    return f"{also} your work{there} with `{command}`."


def lay_out(files: Mapping[str, bytes], folder: Path) -> tuple[list[str], list[str]]:
    """Put files into `folder`.

    Returns:
        Names of the files that were made, and of those that differ and were kept.

    Raises:
        OutputError: A file cannot be written or read.
    """
    from grader.desk.delivery import put_new
    from grader.errors import OutputError

    made: list[str] = []
    kept: list[str] = []
    for name, content in files.items():
        target = folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if put_new(target, content):
                made.append(name)
            elif not target.is_file() or target.read_bytes() != content:
                kept.append(name)
        except OSError as error:
            raise OutputError(
                f"'{target}' cannot be written ({error.strerror}); name another folder with --to DIR."
            ) from None
    return made, kept
