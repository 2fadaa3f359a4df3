"""A job: one exercise of one submission, to be judged.

Plain data, without torch or pytest, so that a driver can make jobs and send
them to judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grader.submission import Bundle


@dataclass(frozen=True)
class Manner:
    """How a job is judged; by default as for marks.

    Attributes:
        explain: Whether failures are explained, and work that could be spared is told of.
        replay: Whether what failed is run once more before anyone is blamed.
        until_failure: Whether the tests after the first that fails, of those that count, are not run.
        order: None to run the tests as they stand in their file, 'backwards', or a seed to shuffle them
            with. The report has them as they stand in any case.
        in_haste: Whether one load or call has a few seconds at most, so that what never ends costs little.
            A busy machine may need longer, so that a time-out then says nothing for sure.
    """

    explain: bool = True
    replay: bool = True
    until_failure: bool = False
    order: int | Literal["backwards"] | None = None
    in_haste: bool = False


@dataclass(frozen=True)
class Job:
    """One exercise of one submission, to be judged.

    Attributes:
        student: The student's id; part of the seed of every input.
        exercise: The exercise's name.
        bundle: What was handed in for it.
        companions: Bundles of the exercises that it may be used together with.
        secret: The course's secret, so that inputs cannot be foretold.
        attempt: Which of the student's attempts it is; inputs are the same for all of them.
        manner: How it is judged.
    """

    student: str
    exercise: str
    bundle: Bundle
    companions: tuple[Bundle, ...] = ()
    secret: str = ""
    attempt: str = ""
    manner: Manner = Manner()


def own_job(exercise: str, bundle: Bundle, companions: Sequence[Bundle] = (), seed: int | None = None) -> Job:
    """A student's check of her own work.

    Args:
        exercise: The exercise's name.
        bundle: Her files.
        companions: Bundles of exercises that it may be used with.
        seed: Draws other inputs; None draws the same ones each time.
    """
    return Job("you", exercise, bundle, tuple(companions), secret=f"check {seed or 0}")
