"""Explain what failed: which known mistakes a submission has made, what wrong values are, the smallest case.

Happens when all tests of an exercise have run, and only if some failed; their
marks are given already and never change here. Feedback may cost a submission
about a second, and one that passes nothing. Where all is right, its work is counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from grader.checks.cites import cited_by
from grader.checks.reference import Reference, load_module
from grader.course import Exercise
from grader.course.known import KnownMistake
from grader.diagnosis.agreement import Record
from grader.diagnosis.efficiency import SECONDS, Measured, measure
from grader.diagnosis.naming import Candidate
from grader.diagnosis.relations import leaf_of, relations
from grader.diagnosis.smallest import Trouble, in_haste, smallest
from grader.errors import CourseError
from grader.findings import (
    Causes,
    CheckFailed,
    ExceptionRaised,
    Finding,
    NoError,
    SmallestCase,
    WrongError,
)
from grader.judge.pictures import pictured
from grader.judge.recognising import Failures, Recognition, Trial
from grader.judge.scoring import Explanation, TestRow, points_of
from grader.judge.staff import Staff
from grader.judge.trajectories import Trajectories
from grader.judge.work import Work, excuse, work_of
from grader.report.model import MistakeReport, mistakes_together
from grader.student.proxy import Student
from grader.verdicts import Blame, Verdict

_clock = time.monotonic

EXPLAINED = (Verdict.WRONG_ANSWER, Verdict.ERROR)
"""Verdicts behind which a known mistake may be; the others have a reason that is known already."""


SHRUNK = 3
"""Findings that get a smallest case: so many are shown in full."""

PATIENCE = 4.0
"""Seconds after which smallest cases are given up: where there is time they need a tenth of it."""


@dataclass(frozen=True)
class Subject:
    """What is explained.

    Attributes:
        exercise: The exercise.
        student: Whose code was tested, and can still be called.
        again: Gives the same student again, with the limits of the exercise that it is given.
        reference: The oracle.
        devices: All that were asked for, there or not.
    """

    exercise: Exercise
    student: Student
    again: Callable[[Exercise], Student]
    reference: Reference
    devices: Sequence[str]


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
        self._modules: dict[Path, ModuleType | None] = {}

    def prepare(self, exercise: Exercise) -> None:
        """Something failed: start what an explanation will need, beside the tests that are left."""
        if self._recognition.known(exercise):
            self._staff.start()

    def close(self) -> None:
        """End what was started for it."""
        self._staff.close()

    def explain(self, subject: Subject, rows: Sequence[TestRow]) -> Explanation:
        """Explain what failed, and what could be done with less work.

        Args:
            subject: The exercise, the student and the reference.
            rows: What came of the tests.

        Raises:
            GraderError: The course's own files are not as they must be, or its programs cannot be run.
        """
        explained: dict[tuple[str, str], TestRow] = {}
        mistakes: list[tuple[MistakeReport, ...]] = []
        for device in dict.fromkeys(row.device for row in rows):  # each by itself, as if it were the only one
            told, named = self._failed(subject, [row for row in rows if row.device == device])
            explained |= {(row.test, device): row for row in pictured(told)}
            mistakes.append(named)
        told = [explained[row.test, row.device] for row in rows]
        work = self._work(subject, rows)
        return Explanation(told, mistakes_together(mistakes), work.efficiency, work.counted, work.rows)

    def _failed(
        self, subject: Subject, rows: Sequence[TestRow]
    ) -> tuple[Sequence[TestRow], tuple[MistakeReport, ...]]:
        """The rows of one device with what explains their findings, and the mistakes that were recognised."""
        exercise, failures = subject.exercise, _failures(rows)
        if not any(row.outcome.blame is Blame.STUDENT and row.outcome.verdict in EXPLAINED for row in rows):
            return rows, ()
        found = self._recognition.recognised(exercise, subject.student, failures)
        blamed = dict(_blamed(found))
        known = self._recognition.known(exercise)
        mistakes = tuple(_report(known[each.name], blamed) for each in found)
        rows = related([_quoting(_marked(row, blamed.get(row.test))) for row in rows], exercise)
        rows = self._trajectories.explain(exercise, subject.student, rows)
        return self._shrunk(subject, rows, several=len(mistakes) > 1), mistakes

    def _shrunk(self, subject: Subject, rows: Sequence[TestRow], *, several: bool) -> Sequence[TestRow]:
        """The rows, with the smallest case at the first finding of each of the first few causes.

        Where several mistakes were made, that of a known one has to show that one.
        """
        cases = self._module(subject.exercise, "cases")
        if cases is None:
            return rows
        student, end = subject.again(in_haste(subject.exercise)), _clock() + PATIENCE
        causes = Causes(finding for row in rows for finding in row.outcome.findings)
        tried: set[tuple[object, ...]] = set()
        shrunk = list(rows)
        try:
            for i, row in enumerate(rows):
                trouble = trouble_of(row)
                if trouble is None or (cause := causes.of(row.outcome.findings[0])) in tried:
                    continue
                if len(tried) == SHRUNK or (left := end - _clock()) <= 0:
                    break
                tried.add(cause)
                mistake = row.outcome.findings[0].mistake if several else None
                with self._twin(subject.exercise, mistake) as twin:
                    case = smallest(cases, trouble, student, subject.reference, seconds=left, twin=twin)
                if case is not None:
                    shrunk[i] = _first_with(row, smallest=case)
        finally:
            student.close()
        return shrunk

    @contextmanager
    def _twin(self, exercise: Exercise, mistake: str | None) -> Iterator[Student | None]:
        """The program of a known mistake, for a while; None without one."""
        if mistake is None:
            yield None
            return
        twin = self._recognition.program(exercise, mistake)
        try:
            yield twin
        finally:
            twin.close()

    def _work(self, subject: Subject, rows: Sequence[TestRow]) -> Work:
        """What could be done with less work; counted only where all is right."""
        exercise, limits = subject.exercise, subject.exercise.limits
        excuses = {
            device: excuse([row for row in rows if row.device == device]) for device in subject.devices
        }
        end = _clock() + subject.student.time_left

        def count(name: str) -> Measured:
            graded = exercise.efficiency[name].points > 0
            student = subject.again(exercise if graded else in_haste(exercise))
            # A mark must not hang on how busy the machine is: then it has the time of a test.
            seconds = min(limits.test_seconds, end - _clock()) if graded else SECONDS
            try:
                return measure(
                    student, exercise, name, subject.reference, self._growth(exercise), seconds=seconds
                )
            finally:
                student.close()

        return work_of(exercise, excuses, count)

    def _growth(self, exercise: Exercise) -> ModuleType:
        growth = self._module(exercise, "growth")
        if growth is None:
            raise CourseError(
                f"The exercise.toml of {exercise.name} has a table [efficiency], "
                "but there is no growth.py beside the reference."
            )
        return growth

    def _module(self, exercise: Exercise, name: str) -> ModuleType | None:
        """A file beside the reference; None if it is not there."""
        if exercise.reference is None:
            return None
        path = exercise.reference / f"{name}.py"
        if path not in self._modules:
            there = path.is_file()
            self._modules[path] = load_module(path, f"reference_{exercise.name}_{name}") if there else None
        return self._modules[path]


def related(rows: Sequence[TestRow], exercise: Exercise) -> list[TestRow]:
    """The rows, with what wrong values are, where no known mistake says it."""
    dims = {
        point.name: [tuple(argument.split()) for argument in point.dims] for point in exercise.entry_points
    }
    samples = [(i, sample) for i, row in enumerate(rows) for sample in row.samples]
    found = relations([sample for _, sample in samples], dims)
    told = list(rows)
    for (i, sample), by_leaf in zip(samples, found, strict=True):
        if by_leaf:
            findings = tuple(
                finding.model_copy(update={"relation": by_leaf.get(leaf_of(finding))})
                if finding.mistake is None and finding.model_copy(update={"mistake": None}) in sample.findings
                else finding
                for finding in told[i].outcome.findings
            )
            told[i] = replace(told[i], outcome=replace(told[i].outcome, findings=findings))
    return told


def trouble_of(row: TestRow) -> Trouble | None:
    """What went wrong in a test, as far as a smaller call could show it."""
    if row.outcome.verdict not in EXPLAINED or not row.outcome.findings:
        return None
    finding = row.outcome.findings[0]
    if isinstance(finding, ExceptionRaised):
        return Trouble.raised(finding)
    failed = [sample for sample in row.samples if sample.findings and sample.name]
    return Trouble.of(failed[0]) if failed else None


def _first_with(row: TestRow, *, smallest: SmallestCase) -> TestRow:
    first, *others = row.outcome.findings
    findings = (first.model_copy(update={"smallest": smallest}), *others)
    return replace(row, outcome=replace(row.outcome, findings=findings))


def _failures(rows: Sequence[TestRow]) -> Failures:
    # What is worth nothing only informs, of another exercise too: no mistake of this one need explain it.
    failed = [row for row in rows if row.outcome.blame is Blame.STUDENT and points_of(row.item)]
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


QUOTED = 300
"""Characters of the handout that are quoted beside a finding."""


def _quoting(row: TestRow) -> TestRow:
    """The row; a failing check that no known mistake explains quotes the handout."""
    sentences = cited_by(getattr(row.item, "function", None))
    short = next((each for each in reversed(sentences) if len(each) <= QUOTED), None)
    if short is None:
        return row

    def quoting(finding: Finding) -> Finding:
        if not isinstance(finding, CheckFailed | NoError | WrongError) or finding.mistake or finding.hint:
            return finding
        return finding.model_copy(update={"hint": f'The handout says: "{short}"'})

    findings = tuple(map(quoting, row.outcome.findings))
    return replace(row, outcome=replace(row.outcome, findings=findings))


def _marked(row: TestRow, mistake: str | None) -> TestRow:
    if mistake is None or row.outcome.verdict not in EXPLAINED:
        return row
    findings = tuple(finding.model_copy(update={"mistake": mistake}) for finding in row.outcome.findings)
    return replace(row, outcome=replace(row.outcome, findings=findings))
