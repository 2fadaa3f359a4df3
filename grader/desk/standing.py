"""How far a student is with each exercise, and what to go on with.

Her files say what is started, the progress that is kept says what her last check
came to, and the course says when things are due. `grader status`, `grader list` and
the last lines of `grader check` all speak from here, so that they agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from grader.desk.progress import CheckedWork, ExerciseProgress, Progress
from grader.desk.work import Around, Target

if TYPE_CHECKING:
    from grader.course import Course, Exercise


class Stage(StrEnum):
    """How far an exercise has come."""

    NOT_STARTED = "not started"
    LAID_OUT = "not filled in yet"
    STARTED = "started"
    CHECKED = "checked"
    FINISHED = "finished"


STARTED = (Stage.STARTED, Stage.CHECKED, Stage.FINISHED)
"""Where there is work of hers."""


@dataclass(frozen=True)
class Standing:
    """How far a student is with one exercise.

    Attributes:
        exercise: The exercise.
        stage: How far it has come.
        path: Her file; None where there is none.
        last: What the last check came to, of this file or of one that has gone; None before the first.
        changed: Whether the file is another one than was checked last.
        hints_seen: How many of the exercise's hints she has seen.
        due: When it is due for the class; None if it never is.
    """

    exercise: Exercise
    stage: Stage
    path: Path | None = None
    last: CheckedWork | None = None
    changed: bool = False
    hints_seen: int = 0
    due: datetime | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to do."""
        return self.stage is Stage.FINISHED and not self.changed


def standings(course: Course, around: Around, progress: Progress) -> tuple[Standing, ...]:
    """How far a student is with every exercise, in the course's order."""
    return tuple(_standing(course, exercise, around, progress) for exercise in course.exercises)


def _standing(course: Course, exercise: Exercise, around: Around, progress: Progress) -> Standing:
    known = progress.of(exercise.name) or ExerciseProgress()
    work, last = around.of(exercise.name), known.last
    stage = Stage.NOT_STARTED if work is None else Stage.LAID_OUT
    changed = False
    if work in around.works:
        stage = Stage.STARTED if last is None else Stage.FINISHED if last.finished else Stage.CHECKED
        changed = work is not None and last is not None and last.digest != _digest(course, work)
    return Standing(
        exercise,
        stage,
        work.path if work is not None else None,
        last,
        changed,
        min(known.hints, len(exercise.hints)),
        course.policy.dates.get(exercise.name),
    )


def _digest(course: Course, work: Target) -> str:
    from grader.submission import read_file

    return read_file(work.path, work.exercise.name, course.names).digest


def next_up(standings: Sequence[Standing], after: str = "") -> Standing | None:
    """What to go on with: what is begun before what is not, from `after` on and round again.

    Args:
        standings: In the course's order.
        after: The exercise that was just finished; '' to begin with the first.
    """
    names = [standing.exercise.name for standing in standings]
    start = names.index(after) + 1 if after else 0
    left = [each for each in (*standings[start:], *standings[:start]) if not each.is_done]
    return next((each for each in left if each.stage in STARTED), left[0] if left else None)
