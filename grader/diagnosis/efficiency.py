"""How much work a right solution does beside the reference: operators counted, no clock.

Sizes are doubled, and what torch is asked to do is counted on both sides of the
wall by the same code. Said only of answers that are right, and only where the
difference is plain: ten times the operators, or growth where the reference's
stay as they are. A solution without loops is done after two calls. Counts are
taken where student code could forge them: they are evidence, and few points
should hang on them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

from grader.compare.compare import Terms, compare
from grader.counting import Counter
from grader.diagnosis.smallest import Oracle
from grader.errors import CourseError
from grader.findings import Efficiency, Finding, Growth
from grader.student.proxy import Student, StudentFailed

if TYPE_CHECKING:
    from grader.course import Exercise
    from grader.course.manifest import EfficiencySpec

_clock = time.monotonic

SECONDS = 1.0
"""When it is given up where it only informs: where there is time, the bound below is met long before."""

MOST_OPERATORS = 20_000
"""Operators of all calls of one entry point, as far as they can be foreseen: 0.2 seconds. Not a time, so
that a report says the same again."""

WORTH = 10
"""So many times the reference's operators are worth a word: half of it is a matter of style."""

GROWS = 1.5
"""Less than half as much more after two doublings is no growth that anyone would feel."""

NEAR = 0.25
"""How near a measured exponent must be to a whole one: borders and what is done once bend it a little."""

DOUBLINGS = 2


@dataclass(frozen=True)
class Work:
    """What a call asked of torch."""

    operators: int
    bytes: int


@dataclass(frozen=True)
class Step:
    """A call of some size, counted on both sides."""

    size: Mapping[str, int]
    yours: Work
    reference: Work


@dataclass(frozen=True)
class Measured:
    """What came of measuring one entry point; all empty where the time was up before the end.

    Attributes:
        counted: Whether all its answers were right, and its work was counted to the end.
        told: What is worth saying of the work, if anything is.
        wrong: What is wrong with an answer, if one was not right.
        failure: How a call ended that did not return, if one did not.
    """

    counted: bool = False
    told: Efficiency | None = None
    wrong: tuple[Finding, ...] = ()
    failure: StudentFailed | None = None


class _NotCounted(Exception):
    """An answer is not right, or the time is up."""

    def __init__(self, wrong: Sequence[Finding] = ()) -> None:
        super().__init__()
        self.wrong = tuple(wrong)


def measure(
    student: Student,
    exercise: Exercise,
    name: str,
    reference: Oracle,
    growth: ModuleType,
    *,
    seconds: float = SECONDS,
) -> Measured:
    """Measure an entry point that `exercise.toml` names.

    Args:
        student: The submission; of an exercise in haste where it only informs (see
            `grader.diagnosis.smallest`). Its worker is ended, so that the one that
            counts has seen no hidden test.
        exercise: What to measure.
        name: The entry point.
        reference: The oracle.
        growth: The exercise's `growth.py`: a function for each entry point, from the
            sizes by name to the positional arguments.
        seconds: What it may take once the submission is loaded, which has a limit of its own.

    Raises:
        CourseError: `growth` lacks a function, or gives arguments that the reference refuses.
    """
    try:
        student.restart()
        student.begin_test("cpu", "efficiency")
        student.load()
        end = _clock() + seconds
        spec = exercise.efficiency[name]
        told = _Measure(student, reference, growth, name, spec, end, MOST_OPERATORS).told()
    except StudentFailed as failure:
        return Measured(failure=failure)
    except _NotCounted as reason:
        return Measured(wrong=reason.wrong)
    return Measured(counted=True, told=told)


@dataclass
class _Measure:
    """The measuring of one entry point; `left` are the operators that its calls may still take."""

    student: Student
    reference: Oracle
    growth: ModuleType
    name: str
    spec: EfficiencySpec
    end: float
    left: int

    def told(self) -> Efficiency | None:
        """What is worth saying of it, if anything is; `_NotCounted` if that cannot be known."""
        groups = [tuple(group.split()) for group in self.spec.sizes]
        first = self._step(dict(self.spec.start))
        if not self._promising(first, groups):
            return None
        series = [self._series(first, group) for group in groups]
        grown = tuple(map(_growth, groups, series))
        largest = max((steps[-1] for steps in series), key=lambda step: step.yours.operators)
        if not worth_saying(largest, grown):
            return None
        return Efficiency(
            entry_point=self.name,
            size=tuple(largest.size.items()),
            operators=largest.yours.operators,
            operators_reference=largest.reference.operators,
            bytes=largest.yours.bytes,
            bytes_reference=largest.reference.bytes,
            growth=grown,
            way=self.spec.way,
        )

    def _promising(self, first: Step, groups: Sequence[tuple[str, ...]]) -> bool:
        """Whether more calls may show something: all sizes doubled at once tell whether any matters."""
        if first.yours.operators >= WORTH * first.reference.operators:
            return True
        everything = tuple(dict.fromkeys(name for group in groups for name in group))
        return self._step(_doubled(first.size, everything)).yours.operators > first.yours.operators

    def _series(self, first: Step, group: tuple[str, ...]) -> list[Step]:
        """The first step and those after each doubling, as far as operators are left."""
        steps = [first]
        while len(steps) <= DOUBLINGS and steps[-1].yours.operators * 2 ** len(group) <= self.left:
            steps.append(self._step(_doubled(steps[-1].size, group)))
        return steps

    def _step(self, size: Mapping[str, int]) -> Step:
        """A call of this size, counted.

        Raises:
            _NotCounted: The answer is not right, or the time is up.
        """
        if _clock() > self.end:
            raise _NotCounted
        args, right, reference = self._expected(size)
        answer = getattr(self.student, self.name).counted(*args)
        terms = Terms(answer.device, right.dtype or answer.dtype, answer.call)
        if wrong := compare(answer.value, right.value, right.allowance, terms):
            raise _NotCounted(wrong)
        self.left -= answer.counted.operators
        return Step(size, Work(answer.counted.operators, answer.counted.bytes), reference)

    def _expected(self, size: Mapping[str, int]) -> tuple[tuple[Any, ...], Any, Work]:
        """The arguments of a size, the oracle's answer, and the work of the reference."""
        make: Callable[[Mapping[str, int]], tuple[Any, ...]] | None = getattr(self.growth, self.name, None)
        if make is None:
            raise CourseError(f"growth.py has no function '{self.name}', which [efficiency] names.")
        try:
            args = tuple(make(size))
            right = getattr(self.reference, self.name)(*args)
            right.value  # noqa: B018 - an oracle computes when it is looked at
            with torch.no_grad(), Counter() as counter:
                getattr(self.reference.module, self.name)(*args)
        except Exception as error:
            raise CourseError(
                f"growth.py gives a call of {self.name} that the reference refuses "
                f"({type(error).__name__}: {error}), for the sizes {dict(size)}."
            ) from error
        return args, right, Work(counter.operators, counter.bytes)


def _doubled(size: Mapping[str, int], group: Sequence[str]) -> dict[str, int]:
    return {name: 2 * extent if name in group else extent for name, extent in size.items()}


def worth_saying(largest: Step, grown: Sequence[Growth]) -> bool:
    """Whether the difference is plain."""
    if largest.yours.operators >= WORTH * max(largest.reference.operators, 1):
        return True
    return any(growth.yours and not growth.reference for growth in grown)


def _growth(group: tuple[str, ...], steps: Sequence[Step]) -> Growth:
    return Growth(
        sizes=group,
        yours=law(group, [step.yours.operators for step in steps]),
        reference=law(group, [step.reference.operators for step in steps]),
    )


def law(group: Sequence[str], counts: Sequence[int]) -> str:
    """How a count grows while the sizes of a group are doubled, such as 'H*W'; '' if it does not.

    Args:
        group: The sizes that are doubled together.
        counts: Before, and after each doubling.
    """
    if counts[-1] < GROWS * max(counts[0], 1):
        return ""
    return next(_laws(group, counts), " and ".join(group))


def _laws(group: Sequence[str], counts: Sequence[int]) -> Iterator[str]:
    """The law that fits three counts, where one does: differences leave out what is done once."""
    if len(counts) < 3 or counts[2] <= counts[1] or counts[1] <= counts[0]:
        return
    exponent = math.log2((counts[2] - counts[1]) / (counts[1] - counts[0])) / len(group)
    whole = round(exponent)
    if whole >= 1 and abs(exponent - whole) <= NEAR:
        product = "*".join(group)
        base = f"({product})" if len(group) > 1 else product
        yield product if whole == 1 else f"{base}^{whole}"
