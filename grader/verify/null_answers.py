"""Whether answers that say nothing earn anything: zeros, ones, the input, NaN and so on.

Of `reference/<exercise>/null/*.py`, none may pass a test that scores and compares
numbers. What is at fault is the test, so a row is about a test and names the answers
that it lets pass. Which answers are usual is said here; where some are missing, it is
not known whether the tests would refuse them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.course import Course, Exercise
from grader.judge.job import Manner
from grader.report.model import ExerciseReport, TestReport
from grader.report.numbers import count, listed
from grader.verify.effort import Effort
from grader.verify.judging import Trial
from grader.verify.programs import Program
from grader.verify.report import Claim, Row, Standing
from grader.verify.sources import line_of, shown

USUAL = (
    "zeros",
    "ones",
    "input",
    "mean",
    "nan",
    "uninitialised",
    "last_call",
    "none",
    "wrong_shape",
    "wrong_dtype",
)
"""What the files are called. The last two have the right numbers, which is not enough."""

UNEXPLAINED = Manner(explain=False)
"""They are no known mistakes, and nobody reads why they are wrong."""


class NullAnswers:
    """Judges the null answers of one exercise.

    Args:
        course: The course.
        exercise: The exercise.
        programs: Its programs.
        effort: How many seeds; with none, nothing is judged.
    """

    def __init__(
        self, course: Course, exercise: Exercise, programs: Sequence[Program], effort: Effort
    ) -> None:
        self._course = course
        self._exercise = exercise
        self._programs = [each for each in programs if each.claim is Claim.NULL_ANSWER]
        self._seeds = effort.null_answers
        self._passed: dict[str, list[str]] = {}

    def trials(self) -> Iterator[Trial]:
        """Each answer with its seeds."""
        for program in self._programs:
            for seed in range(self._seeds):
                yield Trial(program, seed, UNEXPLAINED)

    def see(self, trial: Trial, report: ExerciseReport) -> None:
        """Note which tests let an answer pass."""
        if trial.program.claim is Claim.NULL_ANSWER:
            for test in let_through(report):
                names = self._passed.setdefault(test.name, [])
                if trial.program.what not in names:
                    names.append(trial.program.what)

    def rows(self) -> Iterator[Row]:
        """One for each answer that passes nothing, each test that lets one pass, and what is missing."""
        if not self._seeds:
            return
        passing = {name for names in self._passed.values() for name in names}
        for program in self._programs:
            if program.what not in passing:
                sentence = f"nothing on tests that compare numbers, {count(self._seeds, 'seed')}"
                yield self._row(Standing.HOLDS, sentence, program.what, shown(self._course, program.path))
        for test, names in self._passed.items():
            hidden = self._exercise.hidden_tests
            place = (shown(self._course, hidden), line_of(hidden, test)) if hidden is not None else ()
            yield self._row(Standing.FAILS, _lenient(test, names), test, *place)
        if missing := [name for name in USUAL if name not in {each.what for each in self._programs}]:
            yield self._row(Standing.WARNING, self._missing(missing))

    def _missing(self, names: Sequence[str]) -> str:
        are = "is" if len(names) == 1 else "are"
        return (
            f"of the {len(USUAL)} usual answers that say nothing, {listed(names, limit=len(USUAL))} "
            f"{are} not tried; write reference/{self._exercise.name}/null/{names[0]}.py"
            f"{' and the others' if len(names) > 1 else ''}"
        )

    def _row(
        self,
        standing: Standing,
        sentence: str,
        what: str = "",
        file: str | None = None,
        line: int | None = None,
    ) -> Row:
        return Row(
            exercise=self._exercise.name,
            claim=Claim.NULL_ANSWER,
            what=what,
            standing=standing,
            sentence=sentence,
            file=file,
            line=line,
        )


def let_through(report: ExerciseReport) -> list[TestReport]:
    """The tests that compare numbers, and gave points."""
    return [test for test in report.tests if test.numeric and test.score > 0]


def _lenient(test: str, names: Sequence[str]) -> str:
    return (
        f"{test} gives points for {listed(names, limit=len(USUAL))}; compare values in it with the "
        "reference's, or say numeric=False if it looks at none"
    )
