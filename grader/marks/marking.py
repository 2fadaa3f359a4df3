"""All steps from what the judge found to a student's report, in their one order.

Score; what lateness takes off; which attempt counts; the mark that a person
set, which nothing is taken off; weights; what is left out; the sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.course import Course
from grader.marks.choice import Attempted, choose, digest_of
from grader.marks.lateness import late
from grader.marks.totals import total, weighed
from grader.report.model import AttemptReport, Environment, ExerciseReport, Override, StudentReport


def marked(
    course: Course,
    student: str,
    attempts: Sequence[Attempted],
    overrides: Mapping[str, Override],
    environment: Environment,
) -> StudentReport:
    """One student's report, with every step from points to the final mark.

    Args:
        course: Its order of exercises and its policy.
        student: The student's name, as extensions have it.
        attempts: What was handed in and what came of it, oldest first; at least one.
        overrides: Marks that a person set for this student, by exercise.
        environment: What the grading ran on.

    Returns:
        The exercises that any attempt has a report of, in the course's order.
    """
    graded = [name for name in course.names if any(name in attempt.reports for attempt in attempts)]
    exercises = weighed(
        course, [_exercise(course, student, name, attempts, overrides.get(name)) for name in graded]
    )
    penalty, final, final_max = total(exercises)
    return StudentReport(
        student=student,
        course=course.name,
        score=sum(exercise.score for exercise in exercises),
        max_score=sum(exercise.max_score for exercise in exercises),
        exercises=exercises,
        notes=_notes(attempts, {exercise.attempt for exercise in exercises}),
        penalty=penalty,
        final=final,
        final_max=final_max,
        digest=digest_of(attempts),
        environment=environment,
    )


def _exercise(
    course: Course, student: str, name: str, attempts: Sequence[Attempted], override: Override | None
) -> ExerciseReport:
    due, policy = course.policy.due(student, name), course.policy
    each = {
        attempt.name: late(attempt.reports[name], due, attempt.submitted.get(name), policy)
        for attempt in attempts
        if name in attempt.reports
    }
    chosen = choose(list(each.items()), policy)
    chosen = chosen.model_copy(update={"attempts": _attempts(name, attempts, each, chosen.attempt)})
    if override is None:
        return chosen
    return chosen.model_copy(update={"override": override, "final": override.score, "penalty": 0.0})


def _attempts(
    name: str, attempts: Sequence[Attempted], reports: Mapping[str, ExerciseReport], counts: str
) -> tuple[AttemptReport, ...]:
    """All attempts in which an exercise was handed in; nothing where there is only one."""
    handed_in = [attempt for attempt in attempts if name in attempt.submitted]
    if len(handed_in) < 2:
        return ()
    found = []
    for attempt in handed_in:
        report, when = reports.get(attempt.name), attempt.submitted[name]
        found.append(
            AttemptReport(
                name=attempt.name,
                submitted=None if when is None else when.isoformat(timespec="seconds"),
                verdict=report.verdict if report else None,
                score=report.score if report else None,
                final=report.final if report else None,
                counts=attempt.name == counts,
            )
        )
    return tuple(found)


def _notes(attempts: Sequence[Attempted], counting: set[str]) -> tuple[str, ...]:
    if len(attempts) == 1:
        return attempts[0].notes
    return tuple(f"{each.name}: {note}" for each in attempts if each.name in counting for note in each.notes)
