"""From the marks of the exercises to the final mark: weights, and the lowest left out."""

from __future__ import annotations

from collections.abc import Sequence

from grader.course import Course, Policy
from grader.marks.lateness import DECIMALS
from grader.report.model import ExerciseReport


def weighed(course: Course, exercises: Sequence[ExerciseReport]) -> tuple[ExerciseReport, ...]:
    """The exercises with their weights, and the lowest of them marked as left out.

    Nothing is left out where only some of the course's exercises were graded:
    which ones are the lowest is known only when all are there.
    """
    policy = course.policy
    complete = {exercise.name for exercise in exercises} == set(course.names)
    dropped = lowest(exercises, policy) if complete else frozenset()
    return tuple(
        exercise.model_copy(
            update={"weight": policy.weights.get(exercise.name), "dropped": exercise.name in dropped}
        )
        for exercise in exercises
    )


def lowest(exercises: Sequence[ExerciseReport], policy: Policy) -> frozenset[str]:
    """The names of those to leave out: the lowest share of their points first.

    Of equal shares the one that counts most goes first, which is never worse for
    the student, and then the first in the course's order.
    """
    if not policy.drop_lowest:
        return frozenset()

    def order(exercise: ExerciseReport) -> tuple[float, float]:
        return share(exercise), -policy.weights.get(exercise.name, exercise.max_score)

    return frozenset(exercise.name for exercise in sorted(exercises, key=order)[: policy.drop_lowest])


def total(exercises: Sequence[ExerciseReport]) -> tuple[float, float, float]:
    """Penalty, final mark and the most that it could be, of those that are not left out."""
    counted = [exercise for exercise in exercises if not exercise.dropped]
    penalty = round(sum(exercise.penalty for exercise in counted), DECIMALS)
    if any(exercise.weight is not None for exercise in counted):
        pairs = [(exercise.weight or 0, share(exercise)) for exercise in counted]
        final, most = sum(weight * part for weight, part in pairs), sum(weight for weight, _ in pairs)
        return penalty, round(final, DECIMALS), round(most, DECIMALS)
    final, most = sum(map(mark, counted)), sum(exercise.max_score for exercise in counted)
    if all(mark(exercise) == exercise.score for exercise in counted):
        # The same sum as that of the raw points, so that without a policy both are equal to the last bit.
        return penalty, final, most
    return penalty, round(final, DECIMALS), most


def share(exercise: ExerciseReport) -> float:
    """The part of its points that an exercise got; all of it where there were none to be had."""
    return mark(exercise) / exercise.max_score if exercise.max_score else 1


def mark(exercise: ExerciseReport) -> float:
    """What an exercise counts, before its weight."""
    return exercise.score if exercise.final is None else exercise.final
