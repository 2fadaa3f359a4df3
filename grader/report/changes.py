"""What a regrade changed, as one versioned model: who moved, by how much, and which test moved them.

Two marks side by side, before and now, for a student, an exercise and a test;
beside them why they differ. `grader.marks.difference` fills it in, the
renderers (`about_changes`) show it. All of it is for staff: it names hidden
tests. Like every report it holds hostile text, and no finished sentences.
"""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from grader.findings import Frozen
from grader.report.model import Kept, Override
from grader.verdicts import Blame, Verdict


class Reason(StrEnum):
    """Why a mark is not what it was, or why it is still what it was."""

    NEW = "new"
    GONE = "gone"
    RESUBMITTED = "handed in again"
    ATTEMPT = "another attempt counts"
    REGRADED = "regraded"
    KEPT = "better one kept"
    TIME = "other time of handing in"
    POLICY = "policy"
    OVERRIDE = "override"
    OTHERS = "other exercises moved"


class Result(Frozen):
    """What came of a test in one of the two runs."""

    verdict: Verdict = Field(description="What came of it.")
    blame: Blame = Field(description="Whose fault a verdict other than 'passed' is.")
    score: float = Field(ge=0, allow_inf_nan=False, description="Points earned.")
    max_score: float = Field(ge=0, allow_inf_nan=False, description="Points to be had.")


class Mark(Frozen):
    """What an exercise gave in one of the two runs."""

    verdict: Verdict = Field(description="The exercise's verdict.")
    score: float = Field(ge=0, allow_inf_nan=False, description="Points that the tests gave.")
    max_score: float = Field(ge=0, allow_inf_nan=False, description="Points to be had.")
    penalty: float = Field(ge=0, allow_inf_nan=False, description="Points taken off because it was late.")
    final: float = Field(ge=0, allow_inf_nan=False, description="What counted.")
    weight: float | None = Field(allow_inf_nan=False, description="What full points counted, if weighted.")
    dropped: bool = Field(description="Whether it was left out of the final mark.")
    override: Override | None = Field(description="The mark that a person set, if one did.")
    kept: Kept | None = Field(description="That an earlier result counted, where one did.")
    attempt: str = Field(description="The attempt that counted; hostile text.")


class Total(Frozen):
    """What a student had in one of the two runs."""

    score: float = Field(ge=0, allow_inf_nan=False, description="Points that the tests gave.")
    max_score: float = Field(ge=0, allow_inf_nan=False, description="Points to be had.")
    penalty: float = Field(ge=0, allow_inf_nan=False, description="Points taken off for lateness.")
    final: float = Field(ge=0, allow_inf_nan=False, description="The final mark.")
    final_max: float = Field(ge=0, allow_inf_nan=False, description="The most that `final` could be.")


class TestChange(Frozen):
    """A test that came out differently, or that is in one of the two runs only."""

    __test__: ClassVar[bool] = False  # the name looks like a test class to pytest

    name: str = Field(description="The test's function.")
    title: str = Field(description="What the test is about.")
    device: str = Field(description="The device under test.")
    moved: float = Field(allow_inf_nan=False, description="Points now less points before; none count as 0.")
    before: Result | None = Field(description="What came of it; None if there was no such test.")
    after: Result | None = Field(description="What comes of it now; None if there is no such test.")


class ExerciseChange(Frozen):
    """An exercise of a student that is not what it was."""

    name: str = Field(description="The exercise's name.")
    reasons: tuple[Reason, ...] = Field(min_length=1, description="Why it is not what it was.")
    moved: float | None = Field(
        allow_inf_nan=False, description="What counts now less what counted; None if there is one side only."
    )
    before: Mark | None = Field(description="What it gave; None if it was not graded.")
    after: Mark | None = Field(description="What it gives now; None if it is not graded.")
    tests: tuple[TestChange, ...] = Field(description="Tests that came out differently, in their order.")


class StudentChange(Frozen):
    """A student who does not stand where they stood."""

    student: str = Field(description="The student's name or number; hostile text.")
    reasons: tuple[Reason, ...] = Field(min_length=1, description="Why: those of all the exercises.")
    moved: float | None = Field(
        allow_inf_nan=False, description="Final mark now less that before; None if new or gone."
    )
    before: Total | None = Field(description="What they had; None if new.")
    after: Total | None = Field(description="What they have now; None if gone.")
    exercises: tuple[ExerciseChange, ...] = Field(description="Exercises that are not what they were.")


class Changes(Frozen):
    """What one run of `grade` changed: every student who does not stand where they stood."""

    schema_version: Literal[1] = Field(default=1, description="Version of this model.")
    course: str = Field(description="The course's name.")
    before: str = Field(description="When the run before began: ISO 8601, in UTC.")
    started: str = Field(description="When this run began, likewise.")
    environment: tuple[str, ...] = Field(
        description="What the two runs ran on, where it differs: one sentence each."
    )
    unchanged: int = Field(ge=0, description="Students of whom nothing changed.")
    students: tuple[StudentChange, ...] = Field(description="The others, in the run's order.")
