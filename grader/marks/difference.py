"""What a regrade changed: two reports of one student side by side, and why they differ.

Only what a mark is made of counts: verdicts, points, penalties, weights,
overrides. Times, output and the wording of findings do not. Under
`--only-raise`, `keep_better` lets the better one of two results count. Nothing
here reads a file: whoever has the earlier reports brings them.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from grader.report.changes import ExerciseChange, Mark, Reason, Result, StudentChange, TestChange, Total
from grader.report.model import Environment, ExerciseReport, Kept, StudentReport, TestReport

_UNSEEN = 5e-5
"""Points below this are no difference: a gradebook shows four decimals."""

_OF_TODAY = ("title", "penalty", "final", "weight", "dropped", "late", "override", "attempt", "attempts")
"""Fields that an earlier result takes from today's: what the course and its policy say now."""


def keep_better(
    before: ExerciseReport | None, after: ExerciseReport, *, same_content: bool, weighted: bool = False
) -> ExerciseReport:
    """The better one of an earlier and today's result of the same exercise, for `--only-raise`.

    Args:
        before: The result that counted until now; None if there is none.
        after: Today's result, before penalty, override and weight.
        same_content: Whether both graded the same handed-in content. If not, today's counts.
        weighted: Whether full points count a fixed weight, so that the share of the
            points is the mark, and not the points.

    Returns:
        `after`, or `before` with `kept` set if it has more points, and with
        today's marks, which the policy fills in afterwards.
    """
    if before is None or not same_content or not _less(_worth(after, weighted), _worth(before, weighted)):
        return after
    today = {field: getattr(after, field) for field in _OF_TODAY}
    kept = Kept(score_now=after.score, verdict_now=after.verdict)
    return before.model_copy(update=today | {"kept": kept})


def difference(
    before: StudentReport | None,
    after: StudentReport | None,
    *,
    resubmitted: Collection[str] | None = None,
) -> StudentChange | None:
    """How a student stands now beside how they stood.

    Args:
        before: The student's report of the run before, whole; None if there was none.
        after: Today's; None if the student is no longer in the class.
        resubmitted: Exercises of which something else was handed in. None: nobody
            knows which, so that all are if the two digests differ.

    Returns:
        None if nothing that a mark is made of differs.
    """
    if before is None or after is None:
        return _one_sided(before, after)
    if resubmitted is None:
        again = {exercise.name for exercise in after.exercises} if before.digest != after.digest else set()
    else:
        again = set(resubmitted)
    changes = _exercises(before, after, again)
    old, new = total(before), total(after)
    if not changes and _same(old.final, new.final) and _same(old.final_max, new.final_max):
        return None
    reasons = _ordered(reason for change in changes for reason in change.reasons) or (Reason.POLICY,)
    return StudentChange(
        student=after.student,
        reasons=reasons,
        moved=_moved(old.final, new.final),
        before=old,
        after=new,
        exercises=changes,
    )


def environment_changes(before: Environment, after: Environment) -> tuple[str, ...]:
    """What two runs ran on, where it differs: one sentence each."""
    raise NotImplementedError


def total(report: StudentReport) -> Total:
    """What a student has in one run; where nobody filled in marks, points are the mark."""
    return Total(
        score=report.score,
        max_score=report.max_score,
        penalty=report.penalty,
        final=report.score if report.final is None else report.final,
        final_max=report.max_score if report.final_max is None else report.final_max,
    )


def mark(report: ExerciseReport) -> Mark:
    """What an exercise gives in one run; where nobody filled in marks, points are the mark."""
    return Mark(
        verdict=report.verdict,
        score=report.score,
        max_score=report.max_score,
        penalty=report.penalty,
        final=report.score if report.final is None else report.final,
        weight=report.weight,
        dropped=report.dropped,
        override=report.override,
        kept=report.kept,
        attempt=report.attempt,
    )


def _one_sided(before: StudentReport | None, after: StudentReport | None) -> StudentChange | None:
    report = after or before
    if report is None:
        return None
    reason = Reason.NEW if before is None else Reason.GONE
    return StudentChange(
        student=report.student,
        reasons=(reason,),
        moved=None,
        before=total(before) if before else None,
        after=total(after) if after else None,
        exercises=tuple(_alone(exercise, reason) for exercise in report.exercises),
    )


def _alone(exercise: ExerciseReport, reason: Reason) -> ExerciseChange:
    only = mark(exercise)
    return ExerciseChange(
        name=exercise.name,
        reasons=(reason,),
        moved=None,
        before=only if reason is Reason.GONE else None,
        after=only if reason is Reason.NEW else None,
        tests=(),
    )


def _exercises(
    before: StudentReport, after: StudentReport, again: Collection[str]
) -> tuple[ExerciseChange, ...]:
    old = {exercise.name: exercise for exercise in before.exercises}
    new = {exercise.name for exercise in after.exercises}
    changes: list[ExerciseChange] = []
    for exercise in after.exercises:
        earlier = old.get(exercise.name)
        if earlier is None:
            changes.append(_alone(exercise, Reason.NEW))
        elif change := _exercise(earlier, exercise, again=exercise.name in again):
            changes.append(change)
    changes += [_alone(exercise, Reason.GONE) for exercise in before.exercises if exercise.name not in new]
    return tuple(changes)


def _exercise(before: ExerciseReport, after: ExerciseReport, *, again: bool) -> ExerciseChange | None:
    old, new, tests = mark(before), mark(after), _tests(before.tests, after.tests)
    if not tests and _same_mark(old, new):
        return None
    return ExerciseChange(
        name=after.name,
        reasons=_reasons(before, after, again=again, graded=bool(tests) or not _same_result(old, new)),
        moved=_moved(old.final, new.final),
        before=old,
        after=new,
        tests=tests,
    )
