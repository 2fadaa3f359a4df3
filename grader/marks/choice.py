"""Which of several attempts at an exercise counts.

The latest in which it was handed in, or the best; a student who hands in only
one exercise again keeps what was handed in before of the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from grader.course import Attempts, Course, Policy
from grader.findings import MissingFile
from grader.report.model import ExerciseReport
from grader.submission.bundle import Bundle, Submission
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Attempted:
    """One attempt of a student, and what came of the exercises that were graded of it.

    Attributes:
        name: The attempt's name; '' where there is one only.
        notes: What was noticed outside any exercise, one plain sentence each.
        digest: SHA-256 of what was handed in.
        submitted: When each exercise was handed in, None if nobody knows; only those handed in.
        reports: What the judge found, by exercise; only those that were graded.
    """

    name: str
    notes: tuple[str, ...]
    digest: str
    submitted: Mapping[str, datetime | None]
    reports: Mapping[str, ExerciseReport]

    @classmethod
    def of(cls, submission: Submission, reports: Mapping[str, ExerciseReport]) -> Self:
        """An attempt as it was read, with the reports that there are; the files' bytes are not kept."""
        return cls(
            name=submission.attempt,
            notes=submission.notes,
            digest=submission.digest,
            submitted={
                bundle.exercise: bundle.submitted for bundle in submission.bundles if _handed_in(bundle)
            },
            reports=reports,
        )


def wanted(course: Course, submissions: Sequence[Submission]) -> frozenset[tuple[str, str]]:
    """Which exercises of which attempts must be graded: pairs of attempt and exercise.

    Args:
        course: Its policy says which attempt counts.
        submissions: All attempts of one student, oldest first.

    Returns:
        For each exercise the attempts that can count: all in which it was handed
        in where the best counts, else the latest of them. What was never handed
        in is graded once, in the latest attempt, so that its report can say so.
    """
    found: set[tuple[str, str]] = set()
    for name in course.names:
        there = [(s.attempt, b) for s in submissions for b in s.bundles if b.exercise == name]
        handed_in = [attempt for attempt, bundle in there if _handed_in(bundle)]
        if handed_in and course.policy.attempts is Attempts.BEST:
            found.update((attempt, name) for attempt in handed_in)
        elif there:
            found.add((handed_in[-1] if handed_in else there[-1][0], name))
    return frozenset(found)


def choose(attempts: Sequence[tuple[str, ExerciseReport]], policy: Policy) -> ExerciseReport:
    """The report of the attempt that counts, which it then names.

    Args:
        attempts: One exercise's attempts and their reports, penalties included, oldest first; at least one.
        policy: Whether the best counts, or the latest.
    """
    candidates = [each for each in attempts if each[1].verdict is not Verdict.MISSING] or attempts[-1:]
    if policy.attempts is Attempts.BEST:
        # max takes the first of equals: of two attempts with one mark the earlier counts.
        name, report = max(candidates, key=lambda each: _mark(each[1]))
    else:
        name, report = candidates[-1]
    return report.model_copy(update={"attempt": name})


def attempt_before(report: ExerciseReport, attempts: Sequence[Attempted]) -> ExerciseReport | None:
    """What the last graded attempt before the one that counts came to; None where there is none."""
    graded = {each.name: each.reports[report.name] for each in attempts if report.name in each.reports}
    names = [each.name for each in report.attempts]
    earlier = names[: names.index(report.attempt)] if report.attempt in names else []
    return next((graded[name] for name in reversed(earlier) if name in graded), None)


def digest_of(attempts: Sequence[Attempted]) -> str:
    """SHA-256 over all attempts; that of the one where there is one only."""
    if len(attempts) == 1:
        return attempts[0].digest
    total = hashlib.sha256()
    for attempt in attempts:
        name = attempt.name.encode("utf-8", "surrogatepass")
        # The name's length goes first, so that no two lists of attempts run together to the same bytes.
        total.update(len(name).to_bytes(8, "big") + name + attempt.digest.encode("ascii"))
    return total.hexdigest()


def _mark(report: ExerciseReport) -> float:
    return report.score if report.final is None else report.final


def _handed_in(bundle: Bundle) -> bool:
    return not isinstance(bundle.problem, MissingFile)
