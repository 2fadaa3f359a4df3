"""Explain what failed: which known mistakes a submission has made, what wrong values are, the smallest case.

Happens when all tests of an exercise have run, and only if some failed; marks
are given already and never change here. Feedback may cost a submission about a
second, and one that passes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.course import Exercise
from grader.course.known import KnownMistake
from grader.diagnosis.agreement import Record
from grader.diagnosis.naming import Candidate
from grader.judge.recognising import Failures, Recognition, Trial
from grader.judge.scoring import TestRow
from grader.judge.staff import Staff
from grader.judge.trajectories import Trajectories
from grader.report.model import MistakeReport
from grader.student.proxy import Student
from grader.verdicts import Blame, Verdict

EXPLAINED = (Verdict.WRONG_ANSWER, Verdict.ERROR)
"""Verdicts behind which a known mistake may be; the others have a reason that is known already."""


class Diagnosis:
    """Explains failures, exercise after exercise.

    Args:
        staff: Where programs of the staff's run.
        trial: How a test is run with another program.
    """

    def __init__(self, staff: Staff, trial: Trial) -> None:
        self._staff = staff
        self._recognition = Recognition(staff, trial)
        self._trajectories = Trajectories(trial)

    def prepare(self, exercise: Exercise) -> None:
        """Something failed: start what an explanation will need, beside the tests that are left."""
        if self._recognition.known(exercise):
            self._staff.start()

    def close(self) -> None:
        """End what was started for it."""
        self._staff.close()

    def explain(
        self, exercise: Exercise, student: Student, rows: Sequence[TestRow]
    ) -> tuple[Sequence[TestRow], tuple[MistakeReport, ...]]:
        """The rows with what explains their findings, and the mistakes that were recognised.

        Args:
            exercise: The exercise.
            student: Whose code was tested, and can still be called.
            rows: What came of the tests.

        Raises:
            GraderError: The course's own files are not as they must be, or its programs cannot be run.
        """
        failures = _failures(rows)
        if not failures.records:
            return rows, ()
        found = self._recognition.recognised(exercise, student, failures)
        blamed = dict(_blamed(found))
        known = self._recognition.known(exercise)
        reports = tuple(_report(known[each.name], blamed) for each in found)
        rows = [_marked(row, blamed.get(row.test)) for row in rows]
        return self._trajectories.explain(exercise, student, rows), reports


def _failures(rows: Sequence[TestRow]) -> Failures:
    first = rows[0].device if rows else "cpu"
    rows = [row for row in rows if row.device == first]
    failed = [row for row in rows if row.outcome.blame is Blame.STUDENT]
    explained = [row for row in failed if row.outcome.verdict in EXPLAINED]
    return Failures(
        failing=frozenset(row.test for row in failed),
        passing=frozenset(row.test for row in rows if row.outcome.verdict is Verdict.PASSED),
        records={row.test: Record(False, row.samples, row.outcome.findings) for row in explained},
        items={row.test: row.item for row in explained},
    )


def _blamed(found: Sequence[Candidate]) -> Iterable[tuple[str, str]]:
    """For each test the mistake behind it; where several meet, the one that explains most."""
    for each in reversed(found):
        yield from ((test, each.name) for test in each.fails)
    for each in reversed(found):
        yield from ((test, each.name) for test in each.explains)


def _report(mistake: KnownMistake, blamed: dict[str, str]) -> MistakeReport:
    return MistakeReport(
        name=mistake.name,
        headline=mistake.headline,
        explanation=mistake.explanation,
        question=mistake.question,
        section=mistake.section,
        tests=sum(name == mistake.name for name in blamed.values()),
    )


def _marked(row: TestRow, mistake: str | None) -> TestRow:
    if mistake is None or row.outcome.verdict not in EXPLAINED:
        return row
    findings = tuple(finding.model_copy(update={"mistake": mistake}) for finding in row.outcome.findings)
    return replace(row, outcome=replace(row.outcome, findings=findings))
