"""Where a batch's results come from and go to: the journal, or nowhere.

A result that the journal knows by its key is not judged again. Results that are
somebody else's fault than the student's are kept, because they are evidence,
but never taken for known.
"""

from __future__ import annotations

from itertools import count
from typing import Protocol

from grader.batch.journal import Journal, Recorded
from grader.batch.keys import Keys, content, holds
from grader.judge.job import Job
from grader.report.model import Environment, ExerciseReport


class Results(Protocol):
    """What has been judged, and what is being judged now."""

    def known(self, job: Job) -> Recorded | None:
        """The result that judging this job would give again, if there is one."""

    def record(self, job: Job, report: ExerciseReport, environment: Environment) -> Recorded:
        """Keep what judging this job gave; it is safe when this returns."""


class Journalled:
    """Results in a journal.

    Args:
        journal: The journal.
        keys: What results are found again by.
    """

    def __init__(self, journal: Journal, keys: Keys) -> None:
        self._journal = journal
        self._keys = keys

    def known(self, job: Job) -> Recorded | None:
        """The latest result with the job's key."""
        return self._journal.known(self._keys.of(job))

    def record(self, job: Job, report: ExerciseReport, environment: Environment) -> Recorded:
        """Write it to the disk."""
        return self._journal.record(
            job.student,
            job.attempt,
            job.exercise,
            key=self._keys.of(job),
            content=content(job),
            report=report,
            environment=environment,
            holds=holds(report),
        )


class Unkept:
    """No journal: everything is judged, and nobody remembers."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def known(self, job: Job) -> Recorded | None:
        """Nothing is known."""
        return None

    def record(self, job: Job, report: ExerciseReport, environment: Environment) -> Recorded:
        """Number it."""
        return Recorded(next(self._numbers), content(job), report, environment)
