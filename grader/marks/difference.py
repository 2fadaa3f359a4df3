"""What a regrade changed: two reports of one student side by side, and why they differ.

Only what a mark is made of counts: verdicts, points, penalties, weights,
overrides. Times, output and the wording of findings do not. Under
`--only-raise`, `keep_better` lets the better one of two results count. Nothing
here reads a file: whoever has the earlier reports brings them.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from grader.marks.lateness import DECIMALS
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
    """What two runs ran on, where it differs, such as `torch: 2.12.0 before, 2.13.0 now`."""
    pairs = [
        (field, getattr(before, field), getattr(after, field))
        for field in ("grader", "python", "torch", "devices", "isolation_level", "isolation")
    ]
    return tuple(
        f"{field.replace('_', ' ')}: {_listed(old)} before, {_listed(new)} now"
        for field, old, new in pairs
        if old != new
    )


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


def _same_result(old: Mark, new: Mark) -> bool:
    return old.verdict is new.verdict and _same(old.score, new.score) and _same(old.max_score, new.max_score)


def _same_mark(old: Mark, new: Mark) -> bool:
    settings = ("weight", "dropped", "override", "kept")
    return (
        _same_result(old, new)
        and _same(old.penalty, new.penalty)
        and _same(old.final, new.final)
        and all(getattr(old, field) == getattr(new, field) for field in settings)
    )


def _reasons(
    before: ExerciseReport, after: ExerciseReport, *, again: bool, graded: bool
) -> tuple[Reason, ...]:
    """Why two reports of an exercise differ; `graded` says whether what the tests gave does."""
    found: set[Reason] = set()
    if after.kept is not None and after.kept != before.kept:
        found.add(Reason.KEPT)
    if again:
        found.add(Reason.RESUBMITTED)
    elif before.attempt != after.attempt:
        found.add(Reason.ATTEMPT)
    elif graded:
        found.add(Reason.REGRADED)
    if before.override != after.override:
        found.add(Reason.OVERRIDE)
    elif not _same(before.penalty, after.penalty):
        found |= _of_penalty(before, after, explained=bool(found))
    if before.weight != after.weight:
        found.add(Reason.POLICY)
    if not found and before.dropped != after.dropped:
        found.add(Reason.OTHERS)
    return _ordered(found or {Reason.POLICY})


def _of_penalty(before: ExerciseReport, after: ExerciseReport, *, explained: bool) -> set[Reason]:
    """Why another penalty is taken off; nothing if dates are the same and other points explain it."""
    old, new = before.late, after.late
    if (old and (old.due, old.extended)) != (new and (new.due, new.extended)):
        return {Reason.POLICY}
    if before.attempt == after.attempt and old and new and old.submitted != new.submitted:
        return {Reason.TIME}
    return set() if explained else {Reason.POLICY}


def _tests(before: Sequence[TestReport], after: Sequence[TestReport]) -> tuple[TestChange, ...]:
    """Tests that came out differently, in today's order; then those that are gone."""
    pairs, gone = _paired(before, after)
    changes = [_test(old, new) for old, new in pairs if _differ(old, new)]
    return tuple(changes + [_test(old, None) for old in gone])


def _paired(
    before: Sequence[TestReport], after: Sequence[TestReport]
) -> tuple[list[tuple[TestReport | None, TestReport]], list[TestReport]]:
    """Each of today's tests with its earlier self, by name, or by title if it was renamed; and the rest."""
    if list(map(_by_name, before)) == list(map(_by_name, after)):  # nearly always
        return list(zip(before, after, strict=True)), []
    left = list(before)
    found: dict[int, TestReport] = {}
    for key in (_by_name, _by_title):
        there = defaultdict(list)
        for test in left:
            there[key(test)].append(test)
        for place, test in enumerate(after):
            if place not in found and (same := there[key(test)]):
                found[place] = same.pop(0)
        taken = {id(test) for test in found.values()}
        left = [test for test in left if id(test) not in taken]
    return [(found.get(place), test) for place, test in enumerate(after)], left


def _by_name(test: TestReport) -> tuple[str, str]:
    return test.name, test.device


def _by_title(test: TestReport) -> tuple[str, str]:
    return test.title, test.device


def _differ(old: TestReport | None, new: TestReport) -> bool:
    return (
        old is None
        or old.verdict is not new.verdict
        or not _same(old.score, new.score)
        or not _same(old.max_score, new.max_score)
    )


def _test(old: TestReport | None, new: TestReport | None) -> TestChange:
    about = new or old
    assert about is not None
    return TestChange(
        name=about.name,
        title=about.title,
        device=about.device,
        moved=_moved(old.score if old else 0, new.score if new else 0),
        before=_result(old) if old else None,
        after=_result(new) if new else None,
    )


def _result(test: TestReport) -> Result:
    return Result(verdict=test.verdict, blame=test.blame, score=test.score, max_score=test.max_score)


def _worth(report: ExerciseReport, weighted: bool) -> float:
    if not weighted:
        return report.score
    return report.score / report.max_score if report.max_score else 1


def _ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    found = set(reasons)
    return tuple(reason for reason in Reason if reason in found)


def _same(one: float, other: float) -> bool:
    return abs(one - other) < _UNSEEN


def _less(one: float, other: float) -> bool:
    return one < other and not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _moved(before: float, after: float) -> float:
    # Sums of fractions such as 0.1 carry noise far behind what any report shows.
    return 0.0 if _same(before, after) else round(after - before, DECIMALS)


def _listed(value: object) -> str:
    return (", ".join(map(str, value)) or "none") if isinstance(value, tuple) else str(value)
