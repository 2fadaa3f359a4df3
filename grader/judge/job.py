"""A job: one exercise of one submission, to be judged.

Plain data, without torch or pytest, so that a driver can make jobs and send
them to judges.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.submission import Bundle


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
    """

    student: str
    exercise: str
    bundle: Bundle
    companions: tuple[Bundle, ...] = ()
    secret: str = ""
    attempt: str = ""
