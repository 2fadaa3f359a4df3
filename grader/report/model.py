"""The report: one versioned model of what a grading found, for every sink.

A report holds verdicts, scores and findings, and no finished sentences but the
notes. The model keeps its own sums honest (a test earns all of its points or
none; totals are the sums of their parts) and knows what a student may see:
`for_student` redacts, so that no renderer ever has to. It never touches files,
never makes text of a finding, and never imports torch.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal, Protocol, Self

from pydantic import Field, model_validator

from grader.findings import Efficiency, Finding, Frozen
from grader.report.class_report import ClassReport
from grader.report.notebook_use import NotebookUse
from grader.report.redact import of_hidden_test, seconds_shown, without_staff_only
from grader.verdicts import Blame, Isolation, Reveal, Verdict, Visibility

_MAY_EARN = (Verdict.PASSED, Verdict.UNSTABLE)
"""Verdicts that may come with points: whether an unstable test earns is the judge's choice."""


class _Scored(Protocol):
    @property
    def score(self) -> float: ...
    @property
    def max_score(self) -> float: ...


def _check_sums(what: str, whole: _Scored, parts: Sequence[_Scored]) -> None:
    # Points may be fractions such as 0.1, so sums are compared up to rounding.
    for field in ("score", "max_score"):
        total = math.fsum(getattr(part, field) for part in parts)
        if not math.isclose(getattr(whole, field), total, rel_tol=1e-9, abs_tol=1e-9):
            raise ValueError(f"{field} of {what} is {getattr(whole, field)}, but its parts sum to {total}")


class Environment(Frozen):
    """What the grading ran on."""

    grader: str = Field(description="Version of the grader.")
    python: str = Field(description="Version of Python that ran the student's code.")
    torch: str = Field(description="Version of torch that ran the student's code.")
    devices: tuple[str, ...] = Field(description="Devices that tests ran on, such as 'cpu'.")
    isolation_level: Isolation = Field(
        description="How well student code was walled off: the best level whose layers were all on."
    )
    isolation: tuple[str, ...] = Field(description="Layers of isolation that were on.")
    missing: tuple[str, ...] = Field(
        description="Layers of isolation that could not be had, each with the reason."
    )


class TestReport(Frozen):
    """What came of one test on one device."""

    __test__: ClassVar[bool] = False  # the name looks like a test class to pytest

    name: str = Field(description="The test's function; '' where students must not see it.")
    title: str = Field(description="What the test is about, in the words that students read.")
    verdict: Verdict = Field(description="What came of it.")
    blame: Blame = Field(description="Whose fault a verdict other than 'passed' is.")
    device: str = Field(description="The device under test, 'cpu' or 'cuda'.")
    score: float = Field(ge=0, allow_inf_nan=False, description="Points earned: max_score or 0.")
    max_score: float = Field(
        ge=0, allow_inf_nan=False, description="Points that the test is worth; 0 if visible."
    )
    visibility: Visibility = Field(description="Whether students have the test themselves.")
    numeric: bool = Field(default=True, description="Whether the test compares numbers.")
    worst_error: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        description="The largest error of a number compared, as a share of what is allowed: at most 1 where "
        "it passes; null where no numbers were compared or something else was wrong. For staff.",
    )
    apart: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        description="On another device than the CPU: the largest difference from the same test's numbers "
        "there, as a share of what is allowed; null where there is none to compare with. For staff.",
    )
    findings: tuple[Finding, ...] = Field(description="What was found wrong, the most telling first.")
    seconds: float = Field(ge=0, allow_inf_nan=False, description="Wall time that the test took, in seconds.")
    output: str = Field(description="What the student's code printed during the test; hostile text.")

    @model_validator(mode="after")
    def _all_points_or_none(self) -> Self:
        if self.score not in (0, self.max_score):
            raise ValueError(f"score {self.score} is neither 0 nor max_score {self.max_score}")
        if self.verdict is Verdict.PASSED and self.score != self.max_score:
            raise ValueError("a passed test earns all of its points")
        if self.verdict not in _MAY_EARN and self.score:
            raise ValueError(f"a test that is '{self.verdict}' earns nothing")
        return self

    def for_student(self, reveal: Reveal) -> "TestReport":
        """This test as its student may see it: a visible one whole, a hidden one as `reveal` says."""
        if self.visibility is Visibility.VISIBLE:
            public = without_staff_only(self.findings)
            return self.model_copy(update={"findings": public, "worst_error": None, "apart": None})
        return self.model_copy(
            update={
                "name": "",
                "worst_error": None,
                "apart": None,
                "findings": of_hidden_test(self.findings, reveal),
                "output": self.output if reveal is Reveal.EVERYTHING else "",
                "seconds": seconds_shown(self.seconds, reveal),
            }
        )


class Lateness(Frozen):
    """When an exercise was due, and when it was handed in."""

    due: str = Field(description="When it was due for this student: ISO 8601, with the offset from UTC.")
    extended: bool = Field(description="Whether this student had more time than the others.")
    submitted: str | None = Field(description="When it was handed in, likewise; None if nobody knows.")
    days: int = Field(ge=0, description="Days begun after the due date and the time of grace; 0 in time.")


class Override(Frozen):
    """A mark that a person set by hand; it wins over tests and penalties."""

    score: float = Field(ge=0, allow_inf_nan=False, description="The mark.")
    reason: str = Field(description="Why, in that person's words.")


class Kept(Frozen):
    """That an earlier, better result counts, because marks were only to be raised."""

    score_now: float = Field(ge=0, allow_inf_nan=False, description="Points that today's tests gave.")
    verdict_now: Verdict = Field(description="The verdict that today's tests gave.")


class AttemptReport(Frozen):
    """One attempt of several at an exercise."""

    name: str = Field(description="The attempt's folder; hostile text.")
    submitted: str | None = Field(description="When it was handed in: ISO 8601; None if nobody knows.")
    verdict: Verdict | None = Field(description="Its verdict; None where it was not graded.")
    score: float | None = Field(ge=0, allow_inf_nan=False, description="Its points; None likewise.")
    final: float | None = Field(ge=0, allow_inf_nan=False, description="Less its penalty; None likewise.")
    counts: bool = Field(description="Whether this one is the exercise's result.")


class MistakeReport(Frozen):
    """A known mistake that was recognised, and what its author is told."""

    name: str = Field(description="The mistake's name, as findings call it.")
    headline: str = Field(description="What the code does, in one sentence.")
    explanation: str = Field(description="Why that is not what is asked for.")
    question: str = Field(description="What to think about, which leads to the fix.")
    section: str = Field(description="The heading of the handout to look at.")
    tests: int = Field(ge=1, description="How many of the failing tests it explains.")


def mistakes_together(parts: Iterable[Sequence[MistakeReport]]) -> tuple[MistakeReport, ...]:
    """What was recognised on several devices: each mistake once, with all the tests that it explains."""
    tests: Counter[str] = Counter()
    known: dict[str, MistakeReport] = {}
    for mistake in (mistake for part in parts for mistake in part):
        known.setdefault(mistake.name, mistake)
        tests[mistake.name] += mistake.tests
    together = [known[name].model_copy(update={"tests": count}) for name, count in tests.items()]
    return tuple(sorted(together, key=lambda mistake: -mistake.tests))


class ExerciseReport(Frozen):
    """What came of one exercise of one student."""

    name: str = Field(description="The exercise's name, as on the command line.")
    title: str = Field(description="The exercise's title, as in its handout.")
    verdict: Verdict = Field(description="The gravest verdict of the tests, or why none could run.")
    score: float = Field(ge=0, allow_inf_nan=False, description="Points earned: the sum over the tests.")
    max_score: float = Field(
        ge=0, allow_inf_nan=False, description="Points to be had: the sum over the tests."
    )
    files: tuple[str, ...] = Field(description="Files that were read for it; hostile text.")
    digest: str = Field(
        default="",
        description="SHA-256 of the names and bytes of those files, in hexadecimal digits: a receipt of "
        "`grader submit` has the same one.",
    )
    notes: tuple[str, ...] = Field(description="Plain sentences on what was handed in; hostile text.")
    notebook: NotebookUse | None = Field(
        default=None, description="Which cells were used; None where it was not loaded from a notebook."
    )
    findings: tuple[Finding, ...] = Field(
        description="What is wrong with the submission as a whole, if anything."
    )
    tests: tuple[TestReport, ...] = Field(description="Its tests, in the order in which they were written.")
    mistakes: tuple[MistakeReport, ...] = Field(
        default=(), description="Known mistakes that were recognised, the one that explains most first."
    )
    efficiency: tuple[Efficiency, ...] = Field(
        default=(), description="Right functions that do much more work than they need to; for information."
    )
    counted: tuple[str, ...] = Field(
        default=(),
        description="Entry points whose answers were right on growing sizes and whose work was counted.",
    )
    seconds: float = Field(ge=0, allow_inf_nan=False, description="Wall time for the exercise, in seconds.")
    penalty: float = Field(
        default=0, ge=0, allow_inf_nan=False, description="Points taken off because it was late."
    )
    final: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        description="What counts: the score less the penalty, or the override; None in a check.",
    )
    weight: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="What full points count in the student's final mark; None where points do.",
    )
    dropped: bool = Field(
        default=False, description="Whether it is left out of the final mark as one of the lowest."
    )
    late: Lateness | None = Field(default=None, description="Dates; None where the exercise has no due date.")
    override: Override | None = Field(default=None, description="The mark that a person set, if one did.")
    kept: Kept | None = Field(default=None, description="That an earlier result counts, where one does.")
    attempt: str = Field(default="", description="The attempt that counts; '' where there is one only.")
    attempts: tuple[AttemptReport, ...] = Field(
        default=(), description="All attempts, oldest first; empty where there is one only."
    )

    @model_validator(mode="after")
    def _sums(self) -> Self:
        _check_sums(f"exercise '{self.name}'", self, self.tests)
        return self

    def for_student(self, reveal: Reveal) -> "ExerciseReport":
        """This exercise as its student may see it; its time holds that of its hidden tests."""
        hidden = any(test.visibility is Visibility.HIDDEN for test in self.tests)
        told = not hidden or reveal is not Reveal.VERDICT
        return self.model_copy(
            update={
                "findings": without_staff_only(self.findings),
                "tests": tuple(test.for_student(reveal) for test in self.tests),
                "mistakes": self.mistakes if told else (),
                "efficiency": self.efficiency if told else (),
                "counted": self.counted if told else (),
                "seconds": seconds_shown(self.seconds, reveal) if hidden else self.seconds,
            }
        )


class StudentReport(Frozen):
    """What came of everything that one student handed in."""

    schema_version: Literal[1] = Field(default=1, description="Version of this model.")
    view: Literal["staff", "student"] = Field(
        default="staff", description="Whether this is the whole report or what the student may see."
    )
    student: str = Field(description="The student's name or number; hostile text.")
    course: str = Field(description="The course's name.")
    score: float = Field(ge=0, allow_inf_nan=False, description="Points earned: the sum over the exercises.")
    max_score: float = Field(
        ge=0, allow_inf_nan=False, description="Points to be had: the sum over the exercises."
    )
    exercises: tuple[ExerciseReport, ...] = Field(description="The exercises, in the course's order.")
    notes: tuple[str, ...] = Field(default=(), description="Plain sentences on the submission; hostile text.")
    penalty: float = Field(
        default=0, ge=0, allow_inf_nan=False, description="Points taken off for lateness, in all."
    )
    final: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        description="The final mark: weighted, without what was dropped; None in a check.",
    )
    final_max: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="The most that `final` could be."
    )
    digest: str = Field(default="", description="SHA-256 of what was handed in, in hexadecimal digits.")
    environment: Environment = Field(description="What the grading ran on.")

    @model_validator(mode="after")
    def _sums(self) -> Self:
        _check_sums(f"student '{self.student}'", self, self.exercises)
        return self

    def for_student(self, reveal: Reveal) -> "StudentReport":
        """This report as the student may see it.

        Hidden tests lose their names always, their output unless `reveal` is
        `everything`, what student code said in them below `messages`, and at
        `verdict` all findings but those that say why nothing was called.
        Staff-only facts always go.
        Redacting twice is safe: nothing comes back.
        """
        exercises = tuple(exercise.for_student(reveal) for exercise in self.exercises)
        return self.model_copy(update={"view": "student", "exercises": exercises})


class RunReport(Frozen):
    """One run of `grade`: every student's report."""

    schema_version: Literal[1] = Field(default=1, description="Version of this model.")
    course: str = Field(description="The course's name.")
    started: str = Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$",
        description="When the run began: ISO 8601, in UTC.",
    )
    seconds: float = Field(ge=0, allow_inf_nan=False, description="Wall time of the run, in seconds.")
    environment: Environment = Field(description="What the run ran on.")
    notes: tuple[str, ...] = Field(
        default=(), description="Plain sentences on what lay beside the submissions; hostile text."
    )
    students: tuple[StudentReport, ...] = Field(description="The students' reports, sorted by student.")
    # Stands behind the students, because it is counted while they are written one by one.
    class_report: ClassReport = Field(
        default=ClassReport(), description="What the students have in common; for staff."
    )
