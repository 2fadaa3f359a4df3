"""From what a test raised to a verdict, a blame and findings.

A test passes when it returns. Everything else is classified here, in one
place: claims that do not hold, student code that failed, and the test's own
breakage, for which no student is ever blamed.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.checks.expect import CheckFailed
from grader.findings import CheckFailed as CheckFinding
from grader.findings import (
    Crashed,
    DeviceDiffers,
    ExceptionRaised,
    Finding,
    GraderFault,
    NotRun,
    Unstable,
)
from grader.student.proxy import StudentFailed
from grader.verdicts import Blame, Verdict

DEADLY = frozenset({Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY, Verdict.CRASHED})
"""Verdicts after which the worker is gone."""

NOT_REPLAYED = frozenset({Verdict.PASSED, Verdict.NOT_RUN, Verdict.NOT_IMPLEMENTED, Verdict.FORBIDDEN})
"""Verdicts that a second run cannot change, or that blame nobody."""


_KILLED = ("signal SIGKILL", "the process above it was killed")
"""How a worker ends that something kills; its own faults have other signals."""

NO_COMPANION = "no-companion"
"""What a test that needs another exercise, which is not there, gives to `pytest.skip` as its reason."""


@dataclass(frozen=True)
class Outcome:
    """What came of one run of one test."""

    verdict: Verdict
    blame: Blame = Blame.NOBODY
    findings: tuple[Finding, ...] = ()


PASSED = Outcome(Verdict.PASSED)


def not_run(reason: str, detail: str = "") -> Outcome:
    """A test that did not run; `reason` as in `NotRun`."""
    return Outcome(
        Verdict.NOT_RUN, Blame.NOBODY, (NotRun.model_validate({"reason": reason, "detail": detail}),)
    )


def classify(error: BaseException, *, visible: bool, test_file: Path | None = None) -> Outcome:
    """The outcome of a test that raised `error`.

    Args:
        error: What came out of the test function or its fixtures.
        visible: Whether students have the test; then a plain `assert` may
            say what it compared, since they can read it anyway.
        test_file: Where the test is written: an `assert` that fails there is a
            claim about the student's answer, one that fails elsewhere is ours.
    """
    match error:
        case StudentFailed():
            return Outcome(error.verdict, error.blame, (error.finding,))
        case CheckFailed():
            return Outcome(Verdict.WRONG_ANSWER, Blame.STUDENT, error.findings)
        case pytest.skip.Exception() if error.msg == NO_COMPANION:
            return not_run(NO_COMPANION)
        case pytest.skip.Exception():
            return not_run("skipped", str(error.msg or ""))
        case AssertionError() | pytest.fail.Exception() if _raised_in(error, test_file):
            said = str(error).partition("\n")[0] if visible else ""
            finding = CheckFinding(
                statement="What this test asserts about your result holds.", detail=said[:400]
            )
            return Outcome(Verdict.WRONG_ANSWER, Blame.STUDENT, (finding,))
        case _:
            where = "".join(traceback.format_exception(error)[-6:])
            return Outcome(Verdict.ERROR, Blame.EXERCISE, (GraderFault(detail=where[-4000:]),))


def _raised_in(error: BaseException, file: Path | None) -> bool:
    """Whether `error` was raised by a line of `file`; pytest.fail() counts as the line that called it."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if isinstance(error, pytest.fail.Exception):
        frames = frames[:-1]
    return file is not None and bool(frames) and frames[-1].f_code.co_filename == str(file)


def may_be_an_accident(unloaded: Outcome) -> bool:
    """Whether files that did not load are worth another try."""
    return unloaded.verdict in DEADLY or unloaded.blame is Blame.GRADER


def conclusive(outcome: Outcome) -> Outcome:
    """What a test on the simulated device says for sure: that devices were mixed, or nothing.

    Everything else may be the simulation's own: it has no numbers, and much of
    torch asks for some.
    """
    match outcome.findings:
        case (DeviceDiffers() | ExceptionRaised(kind="device"), *_):
            return outcome
        case (NotRun(), *_):
            return outcome
    return not_run("simulated", "unclear")


def after_replay(first: Outcome, second: Outcome) -> Outcome:
    """What two runs of one test with the same inputs amount to.

    A test that passes after a time-out passed: the machine was busy the first
    time. A run that was killed from outside says nothing where the other one was
    not. Any other change of the verdict is unstable. If nothing changes, the
    first run's findings stand. Where the grader itself was at fault in one of the
    runs nobody is blamed for the other: the second says how it ended.
    """
    if _was_killed(first) != _was_killed(second):
        return second if _was_killed(first) else first
    if Blame.GRADER in (first.blame, second.blame):
        return second
    if second.verdict == first.verdict:
        return first
    if first.verdict is Verdict.TIMED_OUT and second.verdict is Verdict.PASSED:
        return second
    code = first.findings[0].code if first.findings else str(first.verdict)
    return Outcome(Verdict.UNSTABLE, Blame.NOBODY, (Unstable(first=code), *first.findings))


def after_reload(first: Outcome, second: Outcome | None) -> Outcome | None:
    """What loading a submission twice amounts to; None if it loads.

    Args:
        first: Why it did not load the first time: its process ended, or the grader was at fault.
        second: Why it did not load the second time.
    """
    if second is None:
        return None
    return first if _was_killed(second) and not _was_killed(first) else second


def _was_killed(outcome: Outcome) -> bool:
    """Whether somebody outside may have ended the worker: an operator, or a kernel that is short of memory.

    Code that kills itself gains by it what a time-out gives it: one more run on the same inputs.
    """
    return any(isinstance(finding, Crashed) and finding.how in _KILLED for finding in outcome.findings)
