"""All steps from what the judge found to a student's report, in their one order.

Score; what lateness takes off; which attempt counts; the mark that a person
set, which nothing is taken off; weights; what is left out; the sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.course import Course
from grader.marks.choice import Attempted, choose, digest_of
from grader.marks.lateness import late
from grader.marks.overrides import Overrides, overridden
from grader.marks.totals import total, weighed
from grader.report.model import AttemptReport, Environment, ExerciseReport, StudentReport


def marked(
    course: Course,
    student: str,
    attempts: Sequence[Attempted],
    overrides: Overrides,
    environment: Environment,
) -> StudentReport:
    """One student's report, with every step from points to the final mark.

    Args:
        course: Its order of exercises and its policy.
        student: The student's name, as extensions have it.
        attempts: What was handed in and what came of it, oldest first; at least one.
        overrides: Marks that a person set, of all students.
        environment: What the grading ran on.

    Returns:
        The exercises that any attempt has a report of, in the course's order.
    """
    graded = [name for name in course.names if any(name in attempt.reports for attempt in attempts)]
    chosen = [_chosen(course, student, name, attempts) for name in graded]
    exercises = weighed(course, [overridden(report, overrides.of(student, report.name)) for report in chosen])
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


def _chosen(course: Course, student: str, name: str, attempts: Sequence[Attempted]) -> ExerciseReport:
    """One exercise's report of the attempt that counts, its penalty included."""
    due, policy = course.policy.due(student, name), course.policy
    each = {
        attempt.name: late(attempt.reports[name], due, attempt.submitted.get(name), policy)
        for attempt in attempts
        if name in attempt.reports
    }
    report = choose(list(each.items()), policy)
    return report.model_copy(update={"attempts": _attempts(name, attempts, each, report.attempt)})


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
