"""What a student is told to do next: lines that name an exercise and what to type."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader.desk.standing import Stage, Standing, next_up
from grader.report.numbers import count


def shown(path: Path, here: Path) -> str:
    """A path as she would type it from `here`."""
    return os.path.relpath(path, here)


def advice(standing: Standing, here: Path) -> list[str]:
    """What to do next for an exercise that is not done: a line, and one more if there is a further hint."""
    name = standing.exercise.name
    match standing.stage:
        case Stage.NOT_STARTED:
            return [f"Next: {name}. Get it with `grader start {name}`."]
        case Stage.LAID_OUT:
            file = shown(standing.path, here) if standing.path is not None else f"{name}.py"
            return [f"Next: {name}. Fill in {file}, then `grader check {name}`."]
        case _ if standing.changed or standing.last is None:
            return [f"Next: {name}. See how far it is with `grader check {name}`."]
        case _:
            return [f"Next: go on with {name}, then `grader check {name}` again.", *stuck(standing)]


def stuck(standing: Standing) -> list[str]:
    """How to see the next hint; nothing where there is no further one."""
    name, seen, total = standing.exercise.name, standing.hints_seen, len(standing.exercise.hints)
    if seen >= total:
        return []
    return [f"Stuck? `grader hint {name}` shows hint {seen + 1} of {total}."]


def celebration(standings: Sequence[Standing], exercise: str) -> str:
    """One line on an exercise that was just finished."""
    done = sum(each.is_done for each in standings)
    if done == len(standings):
        return f"{exercise} is finished, and with it the whole course. Congratulations!"
    return f"{exercise} is finished, {done} of {len(standings)} now. Well done!"


def what_next(standings: Sequence[Standing], here: Path, after: str = "") -> list[str]:
    """What to go on with, in a line or two; once all is done, how to hand it in.

    Args:
        standings: How far she is with every exercise, in the course's order.
        here: The folder that she works in.
        after: The exercise that she has just finished, if any.
    """
    standing = next_up(standings, after)
    if standing is None:
        every = (
            "The one exercise is" if len(standings) == 1 else f"All {count(len(standings), 'exercise')} are"
        )
        return [f"{every} finished. Hand in with `grader submit`."]
    return advice(standing, here)
