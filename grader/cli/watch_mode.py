"""`grader check --watch`: what is watched for whom, and on what it is shown.

The loop itself is `grader.desk.watching`. On a terminal it has a screen and keys;
with --plain, or where a terminal cannot be drawn over, results are printed one
after the other; without a terminal there are no keys either, and a save of any
exercise is checked.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from grader.course import Course
    from grader.desk.screen import Face
    from grader.desk.work import Target


def watch(
    course: Course,
    what: str | None = None,
    exercise: str | None = None,
    *,
    device: str = "cpu",
    seed: int | None = None,
    plain: bool = False,
) -> None:
    """Check at every save, until the student quits.

    Args:
        course: The course.
        what: An exercise's name or a file to begin with; None begins with what is not finished.
        exercise: The exercise that the file is, if its name does not tell.
        device: 'cpu', 'cuda', 'auto' or 'all'.
        seed: Draws other inputs; None draws the same ones each time.
        plain: Print results one after the other, and draw over nothing.

    Raises:
        UsageError: There is no such exercise or file.
        GraderError: Nothing can be watched or judged.
        KeyboardInterrupt: Ctrl-C.
    """
    from grader.desk.checker import Checker
    from grader.desk.keyboard import Keyboard
    from grader.desk.progress import Progress, progress_folder
    from grader.desk.saves import Saves
    from grader.desk.surroundings import Surroundings, first_of
    from grader.desk.watching import Desk, Watching
    from grader.report.terminal import console

    here, out = Path.cwd(), console()
    first, pinned = begin_with(course, what, exercise, here)
    has_keys = out.file.isatty() and sys.stdin.isatty()
    with ExitStack() as stack:
        checker = stack.enter_context(Checker(course, device))  # torch is on its way while we look around
        progress = Progress(progress_folder(course, here))
        surroundings = Surroundings(course, here, pinned)
        saves = stack.enter_context(Saves())
        face = face_of(out, has_keys=has_keys, plain=plain)
        keyboard = stack.enter_context(Keyboard(sys.stdin)) if has_keys else None
        stack.callback(face.close)
        follows = not has_keys and what is None
        desk = Desk(surroundings, checker, saves, face, progress, keyboard, seed, plain, follows)
        Watching(desk, course, first or first_of(surroundings.standings(progress))).run()


def face_of(out: Console, *, has_keys: bool, plain: bool) -> Face:
    """What frames are shown on."""
    from rich.console import Console

    from grader.desk.screen import Paper, Screen

    if plain:  # nothing but text, and no line is broken to fit a width
        bare = Console(
            file=out.file, color_system=None, soft_wrap=True, markup=False, emoji=False, highlight=False
        )
        return Paper(bare, tells_keys=has_keys)
    if has_keys and not out.is_dumb_terminal:
        return Screen(out)
    return Paper(out, tells_keys=has_keys)


def begin_with(
    course: Course, what: str | None, exercise: str | None, here: Path
) -> tuple[str | None, Target | None]:
    """The exercise that was named, whose file need not be there yet; or the file that was named.

    Raises:
        UsageError: There is no such exercise or file.
    """
    from grader.cli.targets import targets
    from grader.errors import UsageError

    if what is None and exercise is None:
        return None, None
    if what is not None and exercise is None and what.rstrip("/") in course.names:
        return what.rstrip("/"), None
    if what is not None and Path(what).is_dir():
        raise UsageError(f"'{what}' is a folder; go there, and type `grader check --watch`.")
    (target, *_) = targets(course, what, exercise, here).works
    return target.exercise.name, target
