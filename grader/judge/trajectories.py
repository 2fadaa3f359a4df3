"""Run failing tests of training loops once more, with a tape, and say where they left the reference's way.

Only where tests of the exercise hand over what blueprints describe, and only
for a few of them. What a repeated test saw must be what it saw before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType

from grader.checks.reference import load_module
from grader.course import Exercise
from grader.diagnosis.agreement import Record, agree
from grader.diagnosis.trajectory import explain_training
from grader.diagnosis.trajectory.loops import problem_of
from grader.findings import Trajectory, cause
from grader.judge.recognising import Trial
from grader.judge.scoring import TestRow
from grader.student.calls import Asked, Witness
from grader.student.proxy import Student
from grader.verdicts import Blame, Verdict

MOST_LOOPS = 6
"""Failing tests of an exercise that are repeated: about 20 ms each, and three findings are shown in full."""

_LOOPS_END_IN = (Verdict.WRONG_ANSWER, Verdict.ERROR)


class Trajectories:
    """Finds the trajectories of failing tests.

    Args:
        trial: How a test is repeated.
    """

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._solutions: dict[str, ModuleType] = {}

    def explain(self, exercise: Exercise, student: Student, rows: Sequence[TestRow]) -> Sequence[TestRow]:
        """The rows, with a trajectory at the findings where one is known.

        Of the tests that fail by one cause the first that has one gets it.
        """
        if exercise.reference is None or not any(map(_loops, rows)):
            return rows
        explained, tried, told = list(rows), 0, set[tuple[object, ...]]()
        for i, row in enumerate(rows):
            causes = {cause(finding) for finding in row.outcome.findings}
            if row.device != rows[0].device or not _blamed(row) or causes <= told:
                continue
            if tried == 0:
                student.restart()
            if tried == MOST_LOOPS:
                break
            tried += 1
            trajectory = self._of(exercise, student, row)
            if trajectory is not None:
                explained[i] = _marked(row, trajectory)
                told |= causes
        return explained

    def _of(self, exercise: Exercise, student: Student, row: TestRow) -> Trajectory | None:
        before = Record(False, row.samples, row.outcome.findings)
        with student.witnessed() as witnesses:
            again = self._trial(student, row.item, "")
        if not agree(before, again):
            return None
        return explain_training(witnesses, again.samples, self._solution(exercise))

    def _solution(self, exercise: Exercise) -> ModuleType:
        if exercise.name not in self._solutions:
            assert exercise.reference is not None, "asked before"
            name = f"trajectory_{exercise.name}_solution"
            self._solutions[exercise.name] = load_module(exercise.reference / "solution.py", name)
        return self._solutions[exercise.name]


def _blamed(row: TestRow) -> bool:
    return row.outcome.blame is Blame.STUDENT and row.outcome.verdict in _LOOPS_END_IN


def _loops(row: TestRow) -> bool:
    """Whether a claim of a test was about a loop over what blueprints describe."""
    calls = (Witness(Asked(sample.name, sample.args, sample.kwargs)) for sample in row.samples)
    return any(problem_of(call) is not None for call in calls)


def _marked(row: TestRow, trajectory: Trajectory) -> TestRow:
    findings = tuple(
        finding.model_copy(update={"trajectory": trajectory}) for finding in row.outcome.findings
    )
    return replace(row, outcome=replace(row.outcome, findings=findings))
