"""The run before: what it said of each student, and what has changed since.

A run is compared with the last complete one of its exercises, student by
student, as each is done. With `--only-raise` what that run gave stays where the
same work would now get less.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.batch.grade import Graded
from grader.batch.journal import Journal, Published, Run
from grader.marks import Attempted
from grader.marks.difference import difference, environment_changes, keep_better
from grader.marks.totals import total
from grader.report.changes import StudentChange
from grader.report.model import Environment, ExerciseReport, StudentReport

Results = dict[tuple[str, str], int]
"""The number of the result of each attempt and exercise."""


class Before:
    """The run that another one is compared with.

    Args:
        journal: The journal.
        run: The run.
        names: The exercises that the other one grades.

    Attributes:
        started: When it began.
    """

    def __init__(self, journal: Journal, run: Run, names: Sequence[str]) -> None:
        self.started = run.started
        self._journal = journal
        self._run = run
        self._names = names

    def of(self, student: str) -> Published | None:
        """What it said of a student, of these exercises; None if nothing."""
        found = self._journal.published(self._run, student)
        if found is None:
            return None
        return Published(_only(found.report, self._names), found.results, found.contents)

    def gone(self, there: Collection[str]) -> Iterator[StudentChange]:
        """What it said of students who are not among those that are there."""
        for student in self._journal.students(self._run):
            if student not in there and (earlier := self.of(student)) is not None:
                change = difference(earlier.report, None)
                if change is not None:
                    yield change

    def environments(self, now: Environment | None) -> tuple[str, ...]:
        """What has changed of what it ran on, a sentence each."""
        first = next(iter(self._journal.students(self._run)), None)
        before = self._journal.published(self._run, first) if first is not None else None
        if before is None or now is None:
            return ()
        return environment_changes(before.report.environment, now)


def changed(
    earlier: Published | None, report: StudentReport, contents: Mapping[str, str]
) -> StudentChange | None:
    """What has changed for a student; None if nothing.

    Args:
        earlier: What the run before said.
        report: What this one says.
        contents: What was handed in for that, by exercise.
    """
    if earlier is None:
        return difference(None, report)
    again = {name for name, content in contents.items() if earlier.contents.get(name) != content}
    if earlier.report.digest == report.digest:  # nothing came: another attempt counts than before
        again = set()
    return difference(earlier.report, report, resubmitted=again)


def as_judged(graded: Graded) -> tuple[tuple[Attempted, ...], Results]:
    """A student's attempts as they were judged now."""
    return graded.attempts, {place: each.id for place, each in graded.results.items()}


def better(
    graded: Graded, earlier: Published | None, *, weighted: bool
) -> tuple[tuple[Attempted, ...], Results]:
    """What was judged, with earlier results in the place of worse ones of the same content.

    Args:
        graded: What was judged.
        earlier: What the run before said.
        weighted: Whether exercises have weights, so that shares and not points are compared.
    """
    _, results = as_judged(graded)
    if earlier is None:
        return graded.attempts, results
    old = {each.name: each for each in earlier.report.exercises}
    attempts = []
    for attempt in graded.attempts:
        reports: dict[str, ExerciseReport] = {}
        for name, report in attempt.reports.items():
            place = (attempt.name, name)
            same = earlier.contents.get(name) == graded.results[place].content
            reports[name] = keep_better(old.get(name), report, same_content=same, weighted=weighted)
            if reports[name].kept is not None:
                results[place] = earlier.results[name]
        attempts.append(Attempted(attempt.name, attempt.notes, attempt.digest, attempt.submitted, reports))
    return tuple(attempts), results


def _only(report: StudentReport, names: Sequence[str]) -> StudentReport:
    """A report of these exercises only, with the sums of what is left."""
    if {exercise.name for exercise in report.exercises} <= set(names):
        return report
    # What is left out as one of the lowest is known only where all exercises are there.
    left = tuple(
        each.model_copy(update={"dropped": False}) for each in report.exercises if each.name in names
    )
    penalty, final, final_max = total(left)
    return report.model_copy(
        update={
            "exercises": left,
            "score": sum(each.score for each in left),
            "max_score": sum(each.max_score for each in left),
            "penalty": penalty,
            "final": final,
            "final_max": final_max,
        }
    )
