"""Whether each of the staff's programs earns what it must, with every seed and under every condition.

References are also judged under conditions that students' machines may have:
more threads, torch's deterministic mode, warnings that are errors, float64.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.course import Course
from grader.judge.job import Manner
from grader.report.model import ExerciseReport
from grader.report.numbers import count, listed
from grader.student.conditions import USUAL, Conditions
from grader.verdicts import Verdict
from grader.verify.earned import full_marks, line_of
from grader.verify.effort import Effort
from grader.verify.judging import AS_FOR_MARKS, Trial
from grader.verify.programs import Program
from grader.verify.report import RIGHT, Claim, Row, Standing
from grader.verify.sources import shown

HOLDS = {
    Claim.REFERENCE: "full marks",
    Claim.STUB: "no marks, and a kind message",
    Claim.ACCEPTED: "full marks",
    Claim.MISTAKE: "rejected by the tests that it names, and named as itself",
}
"""What each kind of program has earned where all is well."""

UNEXPLAINED = Manner(explain=False)
"""For programs of which only verdicts and points matter: an explanation takes most of the time."""


class Earnings:
    """Judges the programs of one exercise, and compares what each earns with what it must.

    Args:
        course: The course.
        programs: The programs of the exercise.
        effort: How many seeds, and which conditions.
    """

    def __init__(self, course: Course, programs: Sequence[Program], effort: Effort) -> None:
        self._course = course
        self._programs = [program for program in programs if program.claim in HOLDS]
        self._effort = effort
        self._judged: dict[Program, list[str | None]] = {program: [] for program in self._programs}
        self._lines: dict[Program, int | None] = {}
        self._unnamed: dict[Program, frozenset[str]] = {}
        self._wanted = set(self.trials())

    def trials(self) -> Iterator[Trial]:
        """Every program with its seeds, and references also under other conditions."""
        for program in self._programs:
            for seed in range(self._effort.seeds_of(program.claim)):
                yield Trial(program, seed, _manner(program, seed))
            if program.claim is Claim.REFERENCE:
                for conditions in self._effort.conditions:
                    for seed in range(self._effort.under_conditions):
                        yield Trial(program, seed, UNEXPLAINED, conditions)

    def see(self, trial: Trial, report: ExerciseReport) -> None:
        """Note what a trial came to, if it is one of ours."""
        if trial in self._wanted:
            right = trial.program.claim in RIGHT and not trial.manner.explain
            wrong = full_marks(report) if right else trial.program.judgement(report)
            under = words(trial.conditions)
            told = f"seed {trial.seed}{f', {under}' if under else ''}"
            self._judged[trial.program].append(wrong and f"{wrong} ({told})")
            if wrong:
                (file, *_) = trial.program.bundle.files
                self._lines.setdefault(trial.program, line_of(report, file.name))
            if trial.program.claim is Claim.MISTAKE and not report.mistakes:
                self._unnamed.setdefault(trial.program, _failed(report))

    def rows(self) -> Iterator[Row]:
        """One for each program that was judged."""
        for program, judged in self._judged.items():
            if judged:
                wrong = [each for each in judged if each is not None]
                held = self._held(program.claim)
                sentence = f"{_refused(wrong, len(judged))}{self._alike(program)}" if wrong else held
                yield Row(
                    exercise=program.exercise,
                    claim=program.claim,
                    what=program.what,
                    standing=Standing.FAILS if wrong else Standing.HOLDS,
                    sentence=sentence,
                    file=shown(self._course, program.path),
                    line=self._lines.get(program),
                )

    def _alike(self, program: Program) -> str:
        """For a mistake that was named nothing: other such ones that fail the same tests."""
        failed = self._unnamed.get(program)
        alike = {
            each.mistake for each, tests in self._unnamed.items() if tests == failed and failed is not None
        } - {program.mistake}
        if not alike:
            return ""
        return (
            f"; the same tests fail, and nothing is named, with {listed(sorted(alike))}: "
            "if nothing tells them apart, make them variants of one mistake, or add a probe"
        )

    def _held(self, claim: Claim) -> str:
        told = f"{HOLDS[claim]}, {count(self._effort.seeds_of(claim), 'seed')}"
        if claim is not Claim.REFERENCE or not self._effort.conditions:
            return told
        return f"{told}; also {listed([words(each) for each in self._effort.conditions])}"


def _failed(report: ExerciseReport) -> frozenset[str]:
    return frozenset(test.name for test in report.tests if test.verdict is not Verdict.PASSED)


def _manner(program: Program, seed: int) -> Manner:
    """Right programs are judged once as submissions are: what is explained of them does not change."""
    return UNEXPLAINED if program.claim in RIGHT and seed else AS_FOR_MARKS


def words(conditions: Conditions) -> str:
    """What is unusual about conditions; '' if nothing is."""
    unusual = []
    if conditions.threads != USUAL.threads:
        unusual.append(f"with {count(conditions.threads, 'thread')}")
    if conditions.deterministic:
        unusual.append("in torch's deterministic mode")
    if conditions.strict_warnings:
        unusual.append("under -W error")
    if conditions.dtype != USUAL.dtype:
        unusual.append(f"in {conditions.dtype}")
    return " ".join(unusual)


def _refused(wrong: Sequence[str], runs: int) -> str:
    return f"{len(wrong)} of {count(runs, 'run')} went wrong: {wrong[0]}"
