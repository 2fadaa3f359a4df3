"""What staff learn about a class, as plain data: mistakes, hidden tests, what nothing explained.

A part of `run.json`, never of anything that students get: it names hidden tests
and other students. `grader.report.class_counts` fills it in, `about_class`
shows it on a terminal. Shares are of those who handed the exercise in, so that
a mistake in an exercise that few have reached yet stands out all the same.
"""

from typing import ClassVar, Literal

from pydantic import Field

from grader.findings import Frozen


class MistakeCount(Frozen):
    """A known mistake, and who made it."""

    exercise: str = Field(description="The exercise's name.")
    name: str = Field(description="The mistake's name, as findings call it.")
    headline: str = Field(description="What such code does, in one sentence.")
    count: int = Field(ge=1, description="How many students made it.")
    handed_in: int = Field(ge=1, description="How many students handed this exercise in.")
    share: float = Field(ge=0, le=1, description="The one divided by the other.")
    students: tuple[str, ...] = Field(description="Who made it, sorted; hostile text.")


class TestStatistics(Frozen):
    """What a class made of one hidden test on one device."""

    __test__: ClassVar[bool] = False  # the name looks like a test class to pytest

    exercise: str = Field(description="The exercise's name.")
    name: str = Field(description="The test's function.")
    title: str = Field(description="What the test is about.")
    device: str = Field(description="The device under test, 'cpu' or 'cuda'.")
    taken: int = Field(
        ge=0,
        description="How many students' code it tried, and passed or failed by what that code did; "
        "code that was not there or not loaded, and what broke on our side, is left out.",
    )
    passed: int = Field(ge=0, description="How many of those passed it.")
    difficulty: float | None = Field(
        ge=0,
        le=1,
        description="The share of them that passed it: a high one is an easy test. None if nobody took it.",
    )
    discrimination: float | None = Field(
        ge=-1,
        le=1,
        description="Corrected item-total correlation: of passing this test with the points of all other "
        "tests of the exercise. None where it says nothing: few took it, all or none of them passed, "
        "or all have the same points otherwise.",
    )
    passed_by: Literal["all", "some", "none"] | None = Field(
        description="Who of those that took it passed; None if nobody took it."
    )


class Unexplained(Frozen):
    """A submission that failed and that no explanation fitted: perhaps the next mistake to write."""

    exercise: str = Field(description="The exercise's name.")
    student: str = Field(description="Whose it is; hostile text.")
    code: str | None = Field(description="Code of the first finding; None if only verdicts are known.")
    tests: tuple[str, ...] = Field(description="The tests' functions that failed, in their order.")


class CauseCount(Frozen):
    """What several findings of one code in one exercise share."""

    cause: str = Field(
        description="What tells them from others: a part of the result, the class of an exception and what "
        "it speaks of, a statement of the test; '' if nothing does. Hostile text."
    )
    relation: str | None = Field(
        description="What the wrong value is, if that was found: the relation's kind."
    )
    count: int = Field(ge=1, description="How many students have such a finding.")
    students: tuple[str, ...] = Field(description="Who, sorted; hostile text.")


class FindingCount(Frozen):
    """Findings of one code in one exercise that no known mistake explains, and who has them."""

    exercise: str = Field(description="The exercise's name.")
    code: str = Field(description="The findings' code.")
    count: int = Field(ge=1, description="How many students have such a finding.")
    handed_in: int = Field(ge=1, description="How many students handed this exercise in.")
    share: float = Field(ge=0, le=1, description="The one divided by the other.")
    students: tuple[str, ...] = Field(description="Who has one, sorted; hostile text.")
    causes: tuple[CauseCount, ...] = Field(description="The same by cause, the commonest first.")


class ClassReport(Frozen):
    """What the students of a run have in common: of each student what counts, and nothing of marks."""

    students: int = Field(default=0, ge=0, description="How many students there are.")
    mistakes: tuple[MistakeCount, ...] = Field(
        default=(), description="Known mistakes, that of most students first."
    )
    tests: tuple[TestStatistics, ...] = Field(
        default=(), description="Hidden tests, by exercise and in their order."
    )
    unexplained: tuple[Unexplained, ...] = Field(
        default=(),
        description="Submissions with a wrong answer or an error, of which no finding names a known mistake, "
        "says what the wrong value is, or what an exception speaks of; by exercise and student.",
    )
    findings: tuple[FindingCount, ...] = Field(
        default=(),
        description="Findings that no known mistake explains, that of most students first; "
        "without what says that something is not there yet.",
    )
