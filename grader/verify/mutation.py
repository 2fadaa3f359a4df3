"""Judges the mutants of a reference, each until a test notices.

Those that are listed as equivalent are judged too: one that is caught is listed
wrongly. What the mutants are, and what counts as caught, `grader.verify.mutants`
says.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.course import Course, Exercise
from grader.judge.job import Manner
from grader.judge.staff import program_bundle, solution_bundle
from grader.report.model import ExerciseReport
from grader.verify import mutants
from grader.verify.earned import nothing_is_due
from grader.verify.effort import Effort
from grader.verify.judging import Trial
from grader.verify.mutants import Mutant, listed, read_equivalents
from grader.verify.programs import Program
from grader.verify.report import Claim, Row
from grader.verify.sources import text_of
from grader.wire.messages import SIMULATED

UNTIL_NOTICED = Manner(explain=False, replay=False, until_failure=True, in_haste=True)
"""Somebody who is not there gets no explanation; a second chance only if time was short."""

PLACES = ("device", ".cpu(")
"""What says where a tensor is: where one is gone or new, only another device may tell."""


class Mutation:
    """The mutants of one exercise's reference.

    Args:
        course: The course.
        exercise: The exercise, with its reference.
        effort: Whether mutants are judged.

    Raises:
        CourseError: The reference or its list of equivalents cannot be read.
    """

    def __init__(self, course: Course, exercise: Exercise, effort: Effort) -> None:
        assert exercise.reference is not None, "programs() has refused it"
        self._exercise = exercise
        self._companions = tuple(solution_bundle(course.exercise(name)) for name in exercise.companions)
        self._solution = exercise.reference / "solution.py"
        self._mutants = mutants.mutants(text_of(self._solution)) if effort.mutants else ()
        self._equivalents = read_equivalents(exercise.reference, exercise.name)
        self._reports: dict[str, ExerciseReport] = {}

    def trials(self) -> Iterator[Trial]:
        """Each mutant once, and on the simulated device too if it may have changed where a tensor is."""
        for mutant in self._mutants:
            yield Trial(self._program(mutant), manner=UNTIL_NOTICED)
            if any(mutant.before.count(word) != mutant.after.count(word) for word in PLACES):
                yield Trial(self._program(mutant), manner=UNTIL_NOTICED, device=SIMULATED)

    def see(self, trial: Trial, report: ExerciseReport) -> None:
        """Note what came of a mutant: where it is noticed, if it is noticed anywhere."""
        if trial.program.claim is Claim.MUTANT:
            before = self._reports.get(trial.program.what)
            if before is None or mutants.caught_by(before) is None:
                self._reports[trial.program.what] = report

    def rows(self) -> Iterator[Row]:
        """The score, and each mutant that survives or is listed wrongly."""
        if self._mutants:
            found = listed(self._equivalents, self._mutants)
            yield from mutants.rows(self._exercise.name, self._mutants, found, self._reports)

    def _program(self, mutant: Mutant) -> Program:
        return Program(
            self._exercise.name,
            Claim.MUTANT,
            mutant.name,
            self._solution,
            program_bundle(self._exercise.name, mutant.source.encode()),
            nothing_is_due,
            self._companions,
        )
