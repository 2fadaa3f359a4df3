"""`grader start`: lay out exercises for a student to work on.

Copies stub, handout and visible tests into a folder for each exercise. A file
that is there already and differs is somebody's work: it is kept, always, and
said. Each file is written whole or not at all.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.place import complete_exercise, place_of

if TYPE_CHECKING:
    from grader.course import Exercise


def start(
    context: typer.Context,
    exercises: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="EXERCISE", autocompletion=complete_exercise, help="Which; all if none is named."
        ),
    ] = None,
    to: Annotated[Path, typer.Option(metavar="DIR", help="Where the exercises' folders go.")] = Path(),
) -> None:
    """Copy exercises for you to work on: what to fill in, the handout, and tests.

    Files that you have changed are never overwritten.

    \b
    Examples:
      grader start softmax
      grader start softmax conv2d --to ~/homework
      grader start
    """
    course = place_of(context).course(staff=False)
    for exercise in [course.exercise(name) for name in dict.fromkeys(exercises or course.names)]:
        made, kept = lay_out(exercise, to / exercise.name)
        where = to / exercise.name
        if made:
            print(f"{exercise.name}: read {where / 'README.md'}, then fill in {where / exercise.stub.name}.")
        if kept:
            print(f"{exercise.name}: kept as it is, because you have changed it: {', '.join(kept)}.")
        if not made and not kept:
            print(f"{exercise.name}: everything is there already.")
    print("Check your work with `grader check`.")


def lay_out(exercise: Exercise, folder: Path) -> tuple[list[str], list[str]]:
    """Copy one exercise into `folder`.

    Returns:
        Names of the files that were made, and of those that differ and were kept.

    Raises:
        OutputError: A file cannot be written or read.
    """
    from grader.errors import OutputError

    made: list[str] = []
    kept: list[str] = []
    for source in exercise.handed_out:
        target = folder / source.name
        try:
            content = source.read_bytes()
            if place(target, content):
                made.append(source.name)
            elif not target.is_file() or target.read_bytes() != content:
                kept.append(source.name)
        except OSError as error:
            raise OutputError(
                f"'{target}' cannot be written ({error.strerror}); name another folder with --to DIR."
            ) from None
    return made, kept


def place(target: Path, content: bytes) -> bool:
    """Make `target` with `content`, whole; False, with nothing changed, if something is there."""
    if os.path.lexists(target):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(content)
        # A link fails where a file has appeared meanwhile; a rename would replace it.
        try:
            os.link(beside, target)
        except FileExistsError:
            return False
        except OSError:
            beside.rename(target)  # file systems without hard links, such as USB sticks
    finally:
        beside.unlink(missing_ok=True)
    return True
