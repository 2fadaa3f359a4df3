"""A student's report as Classroom 50 takes it: `result.json`, and Markdown for the release's body.

Whose result it is comes from the environment of Classroom 50's runner, which
checks it. Scores are whole numbers there: fractions of points are made whole
by a scale that somebody chose, never rounded. Students can read both files,
so that they are made of what the student may see.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from grader.errors import UsageError
from grader.export.github import summary
from grader.report import telling
from grader.report.model import StudentReport, TestReport
from grader.report.numbers import listed
from grader.report.safe import safe_text
from grader.verdicts import Verdict

SCHEMA = "classroom50/result/v1"

BODY_BYTES = 100_000
"""GitHub refuses a release's body of more than 125,000 characters, and the runner adds to it."""

_FINEST = 10_000
"""Parts of a point at most: what reports show of them."""


@dataclass(frozen=True)
class Identity:
    """Whose result it is, in the words of Classroom 50's runner.

    Attributes:
        classroom: The classroom's short name.
        assignment: The assignment's short name.
        kind: 'individual', 'group' or 'team'.
        username: The login of whoever owns the repository.
        submission: The submission's tag, `submit/<time>-<commit>`.
        commit: Address of the commit that was graded.
        release: Address of the release that it becomes.
        review: Address of what was changed since the start.
    """

    classroom: str
    assignment: str
    kind: str
    username: str
    submission: str
    commit: str
    release: str
    review: str


def identity(environment: Mapping[str, str]) -> Identity:
    """Whose result it is, as the runner says.

    Raises:
        UsageError: It doesn't say; the sentence names each variable that is missing.
    """
    wanted = ("CLASSROOM", "ASSIGNMENT", "USERNAME", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
    said = {name: environment.get(name, "").strip() for name in wanted}
    said["USERNAME"] = said["USERNAME"] or environment.get("OWNER", "").strip()
    if missing := [name for name, value in said.items() if not value]:
        are, them = ("is", "it") if len(missing) == 1 else ("are", "them")
        raise UsageError(
            f"{listed(missing, len(wanted) + 1)} {are} not set here. Classroom 50's runner sets {them}: "
            f"run this in an autograder there, or set {them} yourself."
        )
    return Identity(
        classroom=said["CLASSROOM"],
        assignment=said["ASSIGNMENT"],
        kind=environment.get("ASSIGNMENT_TYPE") or "individual",
        username=said["USERNAME"],
        submission=said["SUBMISSION_TAG"],
        commit=said["COMMIT_URL"],
        release=said["RELEASE_URL"],
        review=environment.get("REVIEW_URL") or said["COMMIT_URL"],
    )


def result(report: StudentReport, whose: Identity, when: datetime, scale: int = 1) -> bytes:
    """The content of `result.json`, in ASCII.

    Its scores are the points that tests gave: the sum of the tests is the total, as Classroom 50
    has it, and what is late is reckoned there.

    Args:
        report: The report, already redacted for its student.
        whose: Whose result it is.
        when: When it was handed in; the runner puts the commit's own time in its place.
        scale: What each point counts there.

    Raises:
        UsageError: Points are fractions that this scale does not make whole.
    """
    given = [(exercise.name, test) for exercise in report.exercises for test in exercise.tests]
    _check_whole((test for _, test in given), scale)
    tests: list[dict[str, Any]] = [
        {
            "test-name": safe_text(f"{name}: {telling.title(test)}"),
            "passed": test.verdict is Verdict.PASSED,
            "score": round(test.score * scale),
            "max-score": round(test.max_score * scale),
        }
        for name, test in given
    ]
    content = {
        "schema": SCHEMA,
        "classroom": whose.classroom,
        "assignment": whose.assignment,
        "assignment_type": whose.kind,
        "owner": whose.username,
        "usernames": [whose.username],  # how older versions say whose it is
        "submission": whose.submission,
        "commit": whose.commit,
        "release": whose.release,
        "review": whose.review,
        "datetime": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return json.dumps(content, ensure_ascii=True, indent=2).encode("ascii") + b"\n"


def release_body(report: StudentReport, scale: int = 1) -> str:
    """The content of `release-body.md`: the report as Markdown, and what the scale means.

    Args:
        report: The report, already redacted for its student.
        scale: As for `result`.
    """
    told = f"Each point counts {scale} in the scores of Classroom 50.\n\n" if scale != 1 else ""
    return told + summary(report, BODY_BYTES)


def _check_whole(tests: Iterable[TestReport], scale: int) -> None:
    fractions = [Fraction(test.max_score * scale).limit_denominator(_FINEST) for test in tests]
    least = math.lcm(*(part.denominator for part in fractions))
    if least != 1:
        worth = telling.count_points(next(float(part) for part in fractions if part.denominator != 1) / scale)
        raise UsageError(
            f"Classroom 50 takes whole numbers, and a test is worth {worth}; "
            f"say --scale {scale * least}, which makes all of them whole."
        )
