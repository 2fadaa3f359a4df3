"""Explain what failed: which known mistakes a submission has made, what wrong values are, the smallest case.

Happens when all tests of an exercise have run, and only if some failed; marks
are given already and never change here. Bounded in time: feedback may cost a
submission about a second. Programs of the staff's answer the same tests with
the same inputs as the student's code did, and are compared with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pytest

from grader.course import Exercise
from grader.course.known import KnownMistake, known_mistakes
from grader.diagnosis.agreement import Record, agree, same
from grader.diagnosis.naming import Candidate, namings, worth_trying
from grader.judge.probing import Probe, probed, probes_of
from grader.judge.scoring import TestRow
from grader.judge.staff import Staff
from grader.report.model import MistakeReport
from grader.student.proxy import Student
from grader.verdicts import Blame, Verdict

_clock = time.monotonic

MISTAKE_SECONDS = 0.6
"""For known mistakes; after that what is known so far counts."""

SCREEN = 2
"""Tests on which a mistake must agree at least once before the others are tried."""

CONFIRMED = 3
"""Tests that are repeated on fresh inputs before a mistake is named."""

EXPLAINED = (Verdict.WRONG_ANSWER, Verdict.ERROR)
"""Verdicts behind which a known mistake may be; the others have a reason that is known already."""

Trial = Callable[[Student, pytest.Item, str], Record]
"""Runs a test with a program in place of the student's, on a draw of inputs; '' is the one for marks."""


@dataclass(frozen=True)
class Failures:
    """What failed of one exercise.

    Attributes:
        failing: Names of all tests that failed by the student's fault.
        passing: Names of those that passed.
        records: What those saw that a mistake may explain, by name, in the order of the file.
        items: The tests themselves, likewise.
    """

    failing: frozenset[str]
    passing: frozenset[str]
    records: dict[str, Record]
    items: dict[str, pytest.Item]


class Diagnosis:
    """Explains failures, exercise after exercise.

    Args:
        staff: Where programs of the staff's run.
        trial: How a test is run with another program.
    """

    def __init__(self, staff: Staff, trial: Trial) -> None:
        self._trial = trial
        self._staff = staff
        self._mistakes: dict[str, tuple[KnownMistake, ...]] = {}
        self._probes: dict[str, dict[str, Probe]] = {}

    def prepare(self, exercise: Exercise) -> None:
        """Something failed: start what an explanation will need, beside the tests that are left."""
        if self._known(exercise):
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
        mistakes = self._known(exercise)
        found = self._named(exercise, student, failures, mistakes) if mistakes else ()
        blamed = dict(_blamed(found))
        known = {mistake.name: mistake for mistake in mistakes}
        reports = tuple(_report(known[each.name], blamed) for each in found)
        return [_marked(row, blamed.get(row.test)) for row in rows], reports

    def _probes_of(self, exercise: Exercise) -> dict[str, Probe]:
        if exercise.name not in self._probes:
            self._probes[exercise.name] = probes_of(exercise)
        return self._probes[exercise.name]

    def _known(self, exercise: Exercise) -> tuple[KnownMistake, ...]:
        if exercise.name not in self._mistakes:
            self._mistakes[exercise.name] = known_mistakes(exercise)
        return self._mistakes[exercise.name]

    def _named(
        self, exercise: Exercise, student: Student, failures: Failures, mistakes: Iterable[KnownMistake]
    ) -> tuple[Candidate, ...]:
        ran = failures.failing | failures.passing
        fails = {each.name: frozenset(each.fails) & ran for each in mistakes}
        trying = [each for each in mistakes if worth_trying(fails[each.name], failures.failing)]
        # Those that would explain all come first: with one of them nothing else is tried.
        trying.sort(
            key=lambda each: (fails[each.name] != failures.failing, -len(fails[each.name]), each.name)
        )
        self._staff.start().posture  # noqa: B018 - waits until it is there, which happens once a batch
        end = _clock() + MISTAKE_SECONDS
        candidates: list[Candidate] = []
        for each in trying:
            if _clock() > end or _whole(candidates, failures.failing) > len(fails[each.name]):
                break
            explains = self._explains(exercise, each, failures, end)
            candidates.append(Candidate(each.name, fails[each.name], explains))
        programs = {each.name: each.program for each in mistakes}
        fitting = [
            naming
            for naming in namings(failures.failing, candidates)
            if all(self._confirmed(exercise, student, programs[each.name], each, failures) for each in naming)
        ]
        # Neighbours that not even probes tell apart: claim nothing.
        return fitting[0] if len(fitting) == 1 else ()

    def _explains(
        self, exercise: Exercise, mistake: KnownMistake, failures: Failures, end: float
    ) -> frozenset[str]:
        """The tests on which a mistake agrees with the submission."""
        agreed: set[str] = set()
        program = self._staff.program(exercise, mistake.program)
        try:
            for tried, (test, record) in enumerate(
                (test, record) for test, record in failures.records.items() if test in mistake.fails
            ):
                if (tried >= SCREEN and not agreed) or _clock() > end:
                    break
                if agree(record, self._trial(program, failures.items[test], "")):
                    agreed.add(test)
        finally:
            program.close()
        return frozenset(agreed)

    def _confirmed(
        self, exercise: Exercise, student: Student, source: bytes, mistake: Candidate, failures: Failures
    ) -> bool:
        """Whether student and mistake agree on fresh inputs, too, and at the probes."""
        program = self._staff.program(exercise, source)
        try:
            student.restart()
            for test in [test for test in failures.records if test in mistake.explains][:CONFIRMED]:
                theirs = self._trial(student, failures.items[test], "again")
                if not agree(theirs, self._trial(program, failures.items[test], "again")):
                    return False
            if mistake.fails != failures.failing:
                return True  # what else is wrong may show in the probes
            return all(
                same(probed(student, probe, name, exercise.name), probed(program, probe, name, exercise.name))
                for name, probe in self._probes_of(exercise).items()
            )
        finally:
            program.close()


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


def _whole(candidates: Sequence[Candidate], failing: frozenset[str]) -> int:
    """How many tests the mistake fails that explains all of them; 0 if there is none yet."""
    return max((len(each.fails) for each in candidates if each.fails == each.explains == failing), default=0)


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
