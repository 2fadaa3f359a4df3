"""`check`: from what is defined in the kernel to a report in the cell.

Finds out what is meant, takes its source from what the kernel ran, has it
judged at the desk, and shows what came of it. Whatever keeps it from that is
one line in the cell, an interrupt too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.notebook.bundles import NAME, bundle_of, companions_of
from grader.notebook.desk import Desk, desk
from grader.notebook.history import history
from grader.notebook.kernel import Shell, folder, shell
from grader.notebook.result import NotChecked, Result, in_a_line
from grader.notebook.wanted import wanted

if TYPE_CHECKING:
    from grader.course import Exercise
    from grader.report.model import ExerciseReport


def check(*what: object, seed: int | None = None) -> Result:
    """Check what this notebook's kernel has, and show the report in the cell.

    Args:
        what: Functions or classes, `check(softmax)`, or names, `check("softmax")`;
            nothing for all that is defined and that an exercise asks for.
        seed: Draws other inputs; None draws the same ones each time.

    Returns:
        The result: `.passed`, and `.report`.

    Raises:
        NotChecked: There is nothing that could be checked; says what to do.
        Interrupted: The kernel was interrupted meanwhile.
    """
    with in_a_line():
        here = shell()
        if here is None:
            raise NotChecked(
                "`check` works in a notebook or in IPython; at a terminal, type `grader check` instead."
            )
        result = Result(tuple(_reports(here, what, seed)))
        result.show()
        return result


def _reports(here: Shell, what: tuple[object, ...], seed: int | None) -> Iterator[ExerciseReport]:
    at = desk(folder(here))
    for exercise in wanted(at.course, here.user_ns, folder(here), what):
        yield _report(here, at, exercise, seed)


def _report(here: Shell, at: Desk, exercise: Exercise, seed: int | None) -> ExerciseReport:
    course, place = at.course, folder(here)
    ran = history(here)
    bundle = bundle_of(course, exercise, ran, here.user_ns, place)
    companions = companions_of(course, exercise, ran, here.user_ns, place)
    report = at.checker.check(exercise, bundle, companions, seed)
    # The history is no file of hers: which of its cells were used says more.
    return report.model_copy(update={"files": tuple(file for file in report.files if file != NAME)})
