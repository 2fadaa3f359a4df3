"""The search for the smallest case: the simplest call on which a submission still differs from the reference.

Hypothesis draws calls that the contract allows and shrinks the first one that
goes wrong as the failing test did. The search is bounded in calls, so that it
gives the same again, and in time. What it found is replayed in a fresh worker;
what does not come out the same again is not shown. No files are written, and
nothing of the search is remembered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

from grader.diagnosis.smallest.calls import Case, Oracle, Seen, Trouble
from grader.diagnosis.smallest.spelling import Word, exception_name, shown_pair
from grader.errors import CourseError
from grader.findings import ExceptionRaised, SmallestCase
from grader.student.proxy import Student, StudentFailed

if TYPE_CHECKING:
    from grader.course import Exercise

_clock = time.monotonic

SECONDS = 0.4
"""What a search may take; the median of measured ones takes a quarter of it."""

CALLS = 300
"""Calls of a search: most end after fewer than 100, and none was better after 300."""

DRAWN = 100
"""Calls drawn until one goes wrong: of 170 troubles of known mistakes, all but a few needed fewer than 60."""

MOST_LINE = 200
"""Characters of one call, and of both results: more is not small, and hard to read."""

MOST_SOURCE = 600
"""Characters of a case: one that is longer was cut short, and nobody would read it."""

CALLS_FOR_A_SIZE = 10
"""Right answers with more than the least of a size that say that the least is what is wrong."""

ENOUGH = 4
"""Answers with the least of it that show how often it goes wrong there."""

SHRINKABLE = frozenset(
    {
        *("values-differ", "not-finite", "shape-differs", "dtype-differs", "type-differs", "length-differs"),
        *("no-gradient", "argument-modified", "no-error", "wrong-error", "exception"),
    }
)
"""Codes of findings that a small call can show."""

LEAST = {"dimensions": 0}
"""The least of a size that has another than 1: where dimensions are named, they always matter."""


def in_haste(exercise: Exercise, seconds: float = SECONDS, altogether: float | None = None) -> Exercise:
    """The exercise with limits for a search, so that code that hangs on some call costs little.

    Args:
        exercise: The exercise.
        seconds: What a call may take; a test may take twice as long.
        altogether: What all tests may take; by default a few calls' time.
    """
    altogether = 2 + 4 * seconds if altogether is None else altogether
    hurried = {
        "import_seconds": min(exercise.limits.import_seconds, max(1.0, seconds)),
        "call_seconds": min(exercise.limits.call_seconds, seconds),
        "test_seconds": min(exercise.limits.test_seconds, 2 * seconds),
        "exercise_seconds": min(exercise.limits.exercise_seconds, altogether),
    }
    return exercise.model_copy(update={"limits": exercise.limits.model_copy(update=hurried)})


def smallest(
    cases: ModuleType,
    trouble: Trouble,
    student: Student,
    reference: Oracle,
    *,
    seconds: float = SECONDS,
    calls: int = CALLS,
    seed: int = 0,
    twin: Student | None = None,
) -> SmallestCase | None:
    """Look for the smallest case of a trouble.

    Args:
        cases: The exercise's `cases.py`.
        trouble: What went wrong in a hidden test.
        student: The submission, of an exercise `in_haste`; its worker is ended.
        reference: The oracle.
        seconds: What the search may take; a call that hangs ends it too.
        calls: How many calls it may make.
        seed: What is drawn depends on it.
        twin: A program with the mistake that is told, where others were made too: what it answers
            otherwise shows one of those.

    Returns:
        The case, or None if there is none to show: none was found, it did not come
        out the same again or from the twin, or the student's code ended otherwise than by returning.

    Raises:
        CourseError: `cases` gives a call that the reference refuses.
    """
    strategy = strategy_of(cases, trouble, reference)
    if strategy is None or trouble.code not in SHRINKABLE:
        return None
    student.restart()
    student.begin_test("cpu", "the smallest case")
    search = Search(trouble, student, reference, seconds, calls, seed)
    try:
        student.load()  # its own clock
        search.begin()
        best = search.smallest(strategy)
        best = best and search.trimmed(best)
        if best is None or not search.replayed(best, student):
            return None
        if twin is not None and not search.replayed(best, twin):
            return None
        return _told(best, trouble, search, strategy)
    except StudentFailed:
        return None


def strategy_of(cases: ModuleType, trouble: Trouble, reference: Oracle) -> Any:
    """The strategy for a trouble: `<name>_<claim>` of the cases, or `<name>`; None if there is none."""
    functions = {name: value for name, value in vars(cases).items() if not name.startswith("_")}
    name = trouble.name.strip("_")  # a live object's __call__ is `call` in the cases
    make = functions.get(f"{name}_{trouble.claim}")
    if callable(make):
        return make()
    make = functions.get(name)
    if not callable(make) or trouble.claim not in ("value", "arguments", "gradients"):
        return None
    if trouble.claim != "gradients":
        return make()
    from grader.diagnosis.cases import with_cotangent

    return with_cotangent(make(), lambda call: call.expected(trouble, reference))


@dataclass(frozen=True)
class Found:
    """A case that goes wrong, and what came of it."""

    case: Case
    seen: Seen

    @property
    def weight(self) -> int:
        """How large it is, where hypothesis did not decide."""
        return sum(self.case.sizes.values())


class _Enough(BaseException):
    """Ends a search from within; not an Exception, which hypothesis would take for a failure."""


@dataclass
class Search:
    """A search for one student and one trouble.

    Attributes:
        trouble: What must go wrong.
        student: Whom to ask.
        reference: The oracle.
        seconds: What it may take.
        calls: Calls that are left.
        seed: What is drawn depends on it.
        cut: Whether calls or time were spent, so that something simpler may be left.
    """

    trouble: Trouble
    student: Student
    reference: Oracle
    seconds: float
    calls: int
    seed: int
    cut: bool = False
    _end: float = 0.0
    _refused: CourseError | None = None

    def begin(self) -> None:
        """Start the clock."""
        self._end = _clock() + self.seconds

    def smallest(self, strategy: Any) -> Found | None:
        """The simplest case of a strategy that goes wrong, or the best until calls or time were spent.

        Raises:
            CourseError: The reference refuses a case.
            StudentFailed: The worker is gone, or will not do what is asked.
        """
        wrong: list[Found] = []

        def goes_wrong(case: Case) -> bool:
            if (found := self.attempt(case)) is not None:
                wrong.append(found)
            return found is not None

        try:
            best = _find(strategy, goes_wrong, min(self.calls, DRAWN), self.seed, shrink=True)
        except _Enough:
            if self._refused is not None:
                raise self._refused from None
            self.cut = True
            return min(wrong, key=lambda each: each.weight, default=None)
        return next((found for found in reversed(wrong) if found.case is best), None)

    def attempt(self, case: Case) -> Found | None:
        """Try a case; what came of it if the trouble shows."""
        if self.calls <= 0 or _clock() > self._end:
            raise _Enough
        self.calls -= 1
        try:
            seen = self._seen(case)
        except StudentFailed:
            raise _Enough from None
        except Exception as error:  # noqa: BLE001 - whatever the reference does
            self._refused = CourseError(
                f"cases.py gives a call that the reference refuses ({type(error).__name__}: {error}): "
                f"{case.source(self.trouble)}"
            )
            raise _Enough from None
        return Found(case, seen) if self.trouble.shows_in(seen.findings) else None

    def variant(self, case: Case) -> Found | None:
        """As `attempt`, for a case that need not be allowed: then it does not count."""
        try:
            found = self.attempt(case)
        except _Enough:
            self.cut = self.cut or self._refused is None
            self._refused = None
            return None
        return None if found is None or _holds_nan(found.seen.expected) else found

    def trimmed(self, found: Found) -> Found:
        """The case without all rows, columns and so on that it can lose: hypothesis drops few of them."""
        for name in found.case.sizes:
            smaller = next(filter(None, map(self.variant, found.case.smaller(name))), None)
            if smaller is not None:
                return self.trimmed(smaller)
        return found

    def replayed(self, found: Found, student: Student) -> bool:
        """Whether a case comes out the same in a fresh worker, of this student or of another program."""
        student.restart()
        student.begin_test("cpu", "the smallest case")
        seen = replace(self, student=student)._seen(found.case)
        again = shown_pair(seen.yours, seen.expected)
        return self.trouble.shows_in(seen.findings) and again == shown_pair(
            found.seen.yours, found.seen.expected
        )

    def grows(self, case: Case, name: str) -> bool:
        """Whether the same goes wrong in a case with a size doubled; False too if that is no case."""
        grown = case.grown(name)
        return grown is not None and self.variant(grown) is not None

    def only_with_least(self, strategy: Any, name: str) -> bool:
        """Whether it often goes wrong with the least of a size, and never with more."""
        least: list[bool] = []
        more: list[bool] = []

        def goes_wrong(case: Case) -> bool:
            if name not in case.sizes:
                return False
            outcomes = least if case.sizes[name] <= LEAST.get(name, 1) else more
            if len(outcomes) < CALLS_FOR_A_SIZE:
                outcomes.append(self.attempt(case) is not None)
            if len(more) == CALLS_FOR_A_SIZE and len(least) >= ENOUGH:
                raise _Enough
            return any(more)

        with suppress(_Enough):
            _find(strategy, goes_wrong, DRAWN, self.seed, shrink=False)
        often = len(least) >= ENOUGH and sum(least) * 2 >= len(least)
        return often and len(more) == CALLS_FOR_A_SIZE and not any(more)

    def _seen(self, case: Case) -> Seen:
        """What comes of a case, an exception of the student's code included; raises for any other end."""
        try:
            return case.attempt(self.trouble, self.student, self.reference)
        except StudentFailed as failure:
            if not isinstance(failure.finding, ExceptionRaised):
                raise
            expected = case.expected(self.trouble, self.reference)
            return Seen((failure.finding,), Word(exception_name(failure.finding.type)), expected)


def _told(best: Found, trouble: Trouble, search: Search, strategy: Any) -> SmallestCase | None:
    """A case as data, with what its sizes mean; None if it is too long to be of use."""
    source = best.case.source(trouble)
    yours, expected = shown_pair(best.seen.yours, best.seen.expected)
    if len(source) > (MOST_SOURCE if "\n" in source else MOST_LINE) or len(yours + expected) > MOST_LINE:
        return None
    needed = {name: size for name, size in best.case.sizes.items() if size > LEAST.get(name, 1)}
    cut, free, only = search.cut, [], []
    for name in best.case.sizes:
        if name in needed:
            continue
        if search.grows(best.case, name):
            free.append(name)
        elif not search.cut and search.only_with_least(strategy, name):
            only.append(name)
    return SmallestCase(
        source=source,
        yours=yours,
        expected=expected,
        sizes=tuple(needed.items()) if not cut else (),
        free=tuple(free),
        only=tuple(only),
    )


def _find(strategy: Any, goes_wrong: Callable[[Case], bool], drawn: int, seed: int, *, shrink: bool) -> Any:
    """The first case that goes wrong of so many drawn, shrunk or not; None if none does, twice."""
    from hypothesis import HealthCheck, Phase, Verbosity, find, settings
    from hypothesis.errors import HypothesisException

    terms = settings(
        database=None,
        deadline=None,
        max_examples=drawn,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
    )
    try:
        with _on_its_own():
            return find(strategy, goes_wrong, settings=terms, random=Random(seed))  # noqa: S311
    except HypothesisException:
        return None


def _holds_nan(value: object) -> bool:
    """Whether the oracle has no answer: what it was asked is not allowed."""
    if isinstance(value, tuple | list):
        return any(map(_holds_nan, value))
    return isinstance(value, torch.Tensor) and bool(value.isnan().any())


@contextmanager
def _on_its_own() -> Iterator[None]:
    """Keep hypothesis from reading the sources of all loaded modules, for constants that may be worth a try.

    It would keep what it finds in files. Newer versions have this; without it, it is the same as before.
    """
    from hypothesis.internal.conjecture import providers

    name = "_get_local_constants"
    reads = getattr(providers, name, None)
    if reads is None:
        yield
        return
    nothing = getattr(providers, "_local_constants", None)
    setattr(providers, name, lambda: nothing)
    try:
        yield
    finally:
        setattr(providers, name, reads)
