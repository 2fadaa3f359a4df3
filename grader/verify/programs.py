"""The staff's own programs for an exercise, and what each must earn.

- `reference/<exercise>/solution.py` and `accepted/*.py`: full marks.
- the stub: nothing, with the kind message and nothing else.
- `null/*.py` (zeros, ones, the input, NaN...): no test that compares numbers.
- `mistakes/*.py`: all tests but those that it says it fails, and it is named as itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.course import Course, Exercise
from grader.course.known import known_mistakes
from grader.errors import CourseError
from grader.judge.staff import program_bundle, solution_bundle
from grader.submission import Bundle
from grader.verify.earned import (
    Judgement,
    full_marks,
    kind_zero,
    named_as_itself,
    nothing_is_due,
    of_reference,
)
from grader.verify.report import Claim


@dataclass(frozen=True)
class Program:
    """A program of the staff's, and what it must earn.

    Attributes:
        exercise: The exercise's name.
        claim: What is claimed of it.
        what: Its name, where there are several; '' for the reference and the stub.
        path: Its file.
        bundle: The program as if somebody had handed it in.
        judgement: What it must earn.
        companions: References of the exercises that it is used with.
        may_fail: Tests that it fails with some inputs only.
    """

    exercise: str
    claim: Claim
    what: str
    path: Path
    bundle: Bundle
    judgement: Judgement
    companions: tuple[Bundle, ...] = ()
    may_fail: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name among all programs of its exercise: 'reference', 'accepted: loops'."""
        return f"{self.claim}: {self.what}" if self.what else str(self.claim)

    @property
    def mistake(self) -> str:
        """The mistake that it makes, whichever variant it is."""
        return self.what.partition(", ")[0]


def programs(course: Course, exercise: Exercise) -> Iterator[Program]:
    """The programs of one exercise; its reference comes with those of its companions.

    Raises:
        CourseError: The reference or the stub is missing.
    """
    folder = _folder(exercise)
    companions = tuple(solution_bundle(course.exercise(name)) for name in exercise.companions)
    solution = folder / "solution.py"
    judgement = partial(of_reference, tuple(exercise.efficiency))
    yield Program(
        exercise.name, Claim.REFERENCE, "", solution, solution_bundle(exercise), judgement, companions
    )
    yield _program(exercise, Claim.STUB, "", exercise.stub, kind_zero)
    for path in sorted((folder / "accepted").glob("*.py")):
        yield _program(exercise, Claim.ACCEPTED, path.stem, path, full_marks)
    for path in sorted((folder / "null").glob("*.py")):
        yield _program(exercise, Claim.NULL_ANSWER, path.stem, path, nothing_is_due)
    for path in sorted((folder / "unportable").glob("*.py")):
        yield _program(exercise, Claim.DEVICE, path.stem, path, nothing_is_due, companions)
    for mistake in known_mistakes(exercise):
        judgement = partial(named_as_itself, mistake)
        for variant, source in mistake.programs.items():
            what = f"{mistake.name}{f', {variant}' if variant else ''}"
            path = folder / "mistakes" / f"{mistake.name}{f'__{variant}' if variant else ''}.py"
            bundle = program_bundle(exercise.name, source)
            yield Program(
                exercise.name,
                Claim.MISTAKE,
                what,
                path,
                bundle,
                judgement,
                companions,
                mistake.may_fail,
            )


def _folder(exercise: Exercise) -> Path:
    if exercise.reference is None:
        raise CourseError(f"{exercise.name} has no reference here. Run verify in the staff's course folder.")
    return exercise.reference


def _program(
    exercise: Exercise,
    claim: Claim,
    what: str,
    path: Path,
    judgement: Judgement,
    companions: tuple[Bundle, ...] = (),
) -> Program:
    """The program in a file, as if a student had handed it in."""
    try:
        bundle = program_bundle(exercise.name, path.read_bytes())
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error
    return Program(exercise.name, claim, what, path, bundle, judgement, companions)
