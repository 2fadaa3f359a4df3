"""The job in hand: what came of its tests so far, and what follows for the next one.

Nothing is run here. The plugin notes each verdict, and asks whether a test should
start at all and whether a failure gets a second run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.course import Exercise
from grader.judge.job import Job
from grader.judge.outcome import DEADLY, Outcome, not_run
from grader.student.proxy import Student
from grader.verdicts import Verdict


@dataclass
class JobInHand:
    """A job, and who is tested: its student, or for a moment a program of the staff's.

    Attributes:
        job: The job.
        exercise: Its exercise.
        student: Who is tested.
        draw: Which inputs are drawn; '' are those that marks are given for.
        failed: Whether a test that counts has failed.
        deadly_in_a_row: Tests in a row that took the worker along.
        timeouts_replayed: Time-outs that were given a second chance.
    """

    job: Job
    exercise: Exercise
    student: Student
    draw: str = ""
    failed: bool = False
    deadly_in_a_row: int = 0
    timeouts_replayed: int = 0

    def note(self, verdict: Verdict, *, counts: bool) -> None:
        """Remember what came of a test, as far as it matters for what comes after it."""
        self.failed = self.failed or (counts and verdict not in (Verdict.PASSED, Verdict.NOT_RUN))
        self.deadly_in_a_row = self.deadly_in_a_row + 1 if verdict in DEADLY else 0

    def excuse(self, device: str, present: Sequence[str], unloaded: Outcome | None) -> Outcome | None:
        """Why a test on `device` should not even start, if there is a reason."""
        limits = self.exercise.limits
        if unloaded is not None:
            return not_run("did-not-load")
        if device not in present:
            return not_run("no-cuda")
        if self.failed and self.job.manner.until_failure:
            return not_run("until-failure")
        # Tests, not workers: a test that was replayed has cost two.
        if self.deadly_in_a_row >= limits.deaths:
            return not_run("too-many-deaths", str(self.deadly_in_a_row))
        if self.student.time_left <= 0:
            return not_run("exercise-time", f"{limits.exercise_seconds:g}")
        return None

    def may_replay(self, verdict: Verdict) -> bool:
        """Whether a failure gets a second run; a time-out once an exercise: each costs as long again."""
        if self.student.time_left <= 0 or not self.job.manner.replay:
            return False
        if verdict is Verdict.TIMED_OUT:
            self.timeouts_replayed += 1
            return self.timeouts_replayed == 1
        return True
