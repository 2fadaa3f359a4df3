"""Whether the verdict on the same program is always the same.

Programs are judged again: with other inputs, a second time, with the tests
backwards, with another number of slots, and while every core is busy with something
else. A test whose verdict changes is unsteady: it would be luck whether a student
gets its points. Tests that a mistake fails with some inputs only are compared with
the same inputs alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.course import Course, Exercise
from grader.judge.job import Manner
from grader.report.model import ExerciseReport
from grader.report.numbers import count, listed
from grader.verdicts import Verdict
from grader.verify.earnings import words
from grader.verify.effort import Effort
from grader.verify.judging import Trial
from grader.verify.programs import Program
from grader.verify.report import Claim, Row, Standing
from grader.verify.sources import line_of, shown

MISTAKES = 4
"""Mistakes among the programs: wrong answers take other ways through the judge than right ones."""

WATCHED = (Claim.REFERENCE, Claim.ACCEPTED, Claim.STUB, Claim.MISTAKE)
"""Null answers are left out: one of them is what memory happened to hold."""

PLAIN = Manner(explain=False)

Verdicts = dict[tuple[str, str], Verdict]
"""What came of each test on each device."""


class Steadiness:
    """Compares the verdicts on the programs of one exercise.

    Args:
        course: The course.
        exercise: The exercise.
        programs: Its programs.
        effort: Under what they are judged again.
        jobs: How many slots judge side by side otherwise.
    """

    def __init__(
        self, course: Course, exercise: Exercise, programs: Sequence[Program], effort: Effort, jobs: int
    ) -> None:
        self._course = course
        self._exercise = exercise
        self._disturbances = disturbances(effort, jobs)
        self._programs = [
            *(each for each in programs if each.claim in WATCHED and each.claim is not Claim.MISTAKE),
            *_spread([each for each in programs if each.claim is Claim.MISTAKE], MISTAKES),
        ]
        self._under = {
            replace(Trial(program), **changes): told
            for program in self._programs
            for told, changes in self._disturbances.items()
        }
        self._usual: dict[Program, Verdicts] = {}
        self._others: list[tuple[Trial, Verdicts]] = []

    def trials(self) -> Iterator[Trial]:
        """Each of the programs as always, then under each disturbance."""
        if self._disturbances:
            yield from map(Trial, self._programs)
        yield from self._under

    def see(self, trial: Trial, report: ExerciseReport) -> None:
        """Note the verdicts of a trial; other devices have their own prover."""
        if trial.program.claim in WATCHED and not trial.device:
            found = {(test.name, test.device): test.verdict for test in report.tests}
            if trial == Trial(trial.program):
                self._usual[trial.program] = found
            else:
                self._others.append((trial, found))

    def rows(self) -> Iterator[Row]:
        """One for each test of which a verdict changes; one that says so if none does."""
        changed: dict[str, list[str]] = {}
        for trial, verdicts in self._others:
            for test, sentence in self._changes(trial, verdicts):
                changed.setdefault(test, []).append(sentence)
        for test, sentences in changed.items():
            yield self._unsteady(test, sentences)
        if not changed and self._disturbances:
            runs = count(len(self._usual) + len(self._others), "run")
            under = ["with other inputs", *self._disturbances]
            yield self._row(
                Standing.HOLDS, f"no verdict changes in {runs}: {listed(under, limit=len(under))}"
            )

    def _unsteady(self, test: str, sentences: Sequence[str]) -> Row:
        more = f"; and {count(len(sentences) - 1, 'more change')}" if len(sentences) > 1 else ""
        hidden = self._exercise.hidden_tests
        place = (shown(self._course, hidden), line_of(hidden, test)) if hidden is not None else (None, None)
        return self._row(Standing.FAILS, f"{sentences[0]}{more}", test, *place)

    def _row(
        self,
        standing: Standing,
        sentence: str,
        test: str = "",
        file: str | None = None,
        line: int | None = None,
    ) -> Row:
        return Row(
            exercise=self._exercise.name,
            claim=Claim.STEADINESS,
            what=test,
            standing=standing,
            sentence=sentence,
            file=file,
            line=line,
        )

    def _changes(self, trial: Trial, verdicts: Verdicts) -> Iterator[tuple[str, str]]:
        """Tests whose verdict is another than usually, each with a sentence."""
        program = trial.program
        usual = self._usual.get(program, {})
        under = self._under.get(trial) or words(trial.conditions) or f"with seed {trial.seed}"
        for (test, device), verdict in verdicts.items():
            before = usual.get((test, device), verdict)
            if before is not verdict and not (trial.seed and test in program.may_fail):
                yield (
                    test,
                    f"{program.name} is '{before}' on {device} with seed 0, but '{verdict}' {under}",
                )


def disturbances(effort: Effort, jobs: int) -> Mapping[str, Mapping[str, Any]]:
    """What an effort judges programs under again: in words, and what changes in the trial."""
    found: dict[str, dict[str, Any]] = {}
    if effort.disturbed:
        found["a second time"] = {"manner": PLAIN, "again": 1}
        # Backwards, each test comes before all that it may have relied on, however few they are.
        found["with the tests backwards"] = {"manner": replace(PLAIN, order="backwards")}
    if effort.beside_others:
        found["with the tests in a random order"] = {"manner": replace(PLAIN, order=1)}
        slots = 1 if jobs > 1 else 2
        found[f"with {count(slots, 'slot')}"] = {"manner": PLAIN, "slots": slots}
        found["on a busy machine"] = {"manner": PLAIN, "busy": True}
    return found


def _spread(programs: Sequence[Program], most: int) -> Sequence[Program]:
    """At most so many, from the first to the last."""
    return programs[:: -(-len(programs) // most) or 1]
