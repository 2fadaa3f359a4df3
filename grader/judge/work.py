"""The work of right solutions as rows of results: tests that have no function.

Where `exercise.toml` gives points for it, each entry point has such a row on each
device, whatever was handed in, so that the maximum is the same for all. Counts
are said of right answers alone, so the row is `not run` until all other tests
pass. What could not be counted (the time was up, or the fault is ours) passes:
it must cost nobody points. An answer that is wrong on one of these calls, or a
call that does not return for another reason, is the student's as in any test.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from grader.course import Exercise
from grader.diagnosis.efficiency import Measured
from grader.findings import Efficiency, NotRun, TooMuchWork
from grader.judge.outcome import PASSED, Outcome, after_replay, classify, not_run
from grader.judge.scoring import TestRow, WorkRow, points_of
from grader.verdicts import Blame, Verdict

_clock = time.monotonic

SPARED = ("skipped", "no-companion")
"""Why a test may not have run that says nothing of the code."""


@dataclass(frozen=True)
class Work:
    """What is known of the work of a submission.

    Attributes:
        efficiency: What is worth saying where no points hang on it.
        counted: Entry points whose work was counted to the end.
        rows: Where points hang on it.
    """

    efficiency: tuple[Efficiency, ...] = ()
    counted: tuple[str, ...] = ()
    rows: tuple[WorkRow, ...] = ()


def excuse(rows: Sequence[TestRow]) -> Outcome | None:
    """Why no work is counted.

    Args:
        rows: All tests on one device; those without points inform, and are in nobody's way.

    Returns:
        A row's outcome without any counting; None if the answers are right.
    """
    reasons = [_reason(row) for row in rows]
    if "" not in reasons and len({*reasons}) == 1:  # nothing ran, all for one reason: this does not either
        return rows[0].outcome
    passed = [row.outcome.verdict is Verdict.PASSED for row in rows]
    spared = [reason in SPARED or not points_of(row.item) for row, reason in zip(rows, reasons, strict=True)]
    right = any(passed) and all(map(operator.or_, passed, spared))
    return None if right else not_run("tests-failed")


def _reason(row: TestRow) -> str:
    """Why a test did not run; '' if it did."""
    return next((each.reason for each in row.outcome.findings if isinstance(each, NotRun)), "")


def work_of(
    exercise: Exercise, excuses: Mapping[str, Outcome | None], count: Callable[[str], Measured]
) -> Work:
    """The work of all entry points that `exercise.toml` names.

    Args:
        exercise: The exercise.
        excuses: For each device, in their order, why nothing is counted, or None.
        count: Measures an entry point, in a worker of its own.
    """
    efficiency: list[Efficiency] = []
    counted: list[str] = []
    rows: list[WorkRow] = []
    right = [outcome is None for outcome in excuses.values()]
    for name, spec in exercise.efficiency.items():
        started = _clock()
        outcome, measured = PASSED, Measured()
        if any(right) and spec.points:
            outcome, measured = decided(partial(count, name))
        elif any(right[:1]):
            measured = count(name)
            efficiency += [measured.told] if measured.told is not None else []
        counted += [name] if measured.counted else []
        if spec.points:
            seconds = _clock() - started
            rows += [
                WorkRow(name, device, spec.points, why or outcome, 0.0 if why else seconds)
                for device, why in excuses.items()
            ]
    return Work(tuple(efficiency), tuple(counted), tuple(rows))


def decided(count: Callable[[], Measured]) -> tuple[Outcome, Measured]:
    """What a row comes to: counted once more before anyone is blamed, as with any test."""
    measured = count()
    first = outcome_of(measured)
    if first is None or first is PASSED:
        return PASSED, measured
    second = outcome_of(count())
    return (PASSED if second is None else after_replay(first, second)), measured


def outcome_of(measured: Measured) -> Outcome | None:
    """The outcome of one measurement; None if nothing could be counted, by no fault of the code's."""
    if measured.told is not None:
        return Outcome(Verdict.TOO_MUCH_WORK, Blame.STUDENT, (TooMuchWork(work=measured.told),))
    if measured.wrong:
        return Outcome(Verdict.WRONG_ANSWER, Blame.STUDENT, measured.wrong)
    if measured.failure is not None:
        failed = classify(measured.failure, visible=False)
        ours = failed.verdict is Verdict.TIMED_OUT or failed.blame is not Blame.STUDENT
        return None if ours else failed
    return PASSED if measured.counted else None
