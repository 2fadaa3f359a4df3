"""`result.json` by the rules of Classroom 50's own collector, and nothing in it that students may not see."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from grader.errors import UsageError
from grader.export.classroom50 import BODY_BYTES, identity, release_body, result
from grader.verdicts import Reveal, Verdict
from tests.grader.export.a_class import HOSTILE, a_class, hostile_student
from tests.grader.report.conftest import make_exercise, make_student, make_test

ENVIRONMENT = {
    "CLASSROOM": "deep-learning",
    "ASSIGNMENT": "week1",
    "USERNAME": "ada",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://example.org/commit/a1b2c3d",
    "RELEASE_URL": "https://example.org/releases/tag/x",
    "REVIEW_URL": "https://example.org/compare/x...y",
}
WHOSE = identity(ENVIRONMENT)
WHEN = datetime(2026, 6, 1, 16, 32, 5, tzinfo=timezone(timedelta(hours=2)))
ADA, BOB, CLEO, DAN = (report.for_student(Reveal.DIFFERENCES) for report in a_class())


def no_number(_: str) -> Any:
    raise ValueError("NaN and infinities are no JSON")


def collected(content: bytes) -> dict[str, Any]:
    """What the collector takes: it refuses whatever these lines refuse."""
    assert len(content) <= 10 * 1024 * 1024
    found = json.loads(content, parse_constant=no_number)
    assert found["schema"] == "classroom50/result/v1"
    assert (found["classroom"], found["assignment"]) == ("deep-learning", "week1")
    assert found["owner"] == "ada"
    assert found["usernames"] == ["ada"]
    assert found["assignment_type"] in ("individual", "group", "team")
    assert found["submission"].startswith("submit/")
    for name in ("submission", "commit", "release", "review"):
        assert isinstance(found[name], str)
        assert found[name]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["datetime"])
    for each in (found, *found["tests"]):
        assert type(each["score"]) is type(each["max-score"]) is int
        assert 0 <= each["score"] <= each["max-score"]
    for test in found["tests"]:
        assert set(test) == {"test-name", "passed", "score", "max-score"}
        assert isinstance(test["test-name"], str)
        assert test["test-name"]
        assert type(test["passed"]) is bool
    for name in ("score", "max-score"):
        assert found[name] == sum(test[name] for test in found["tests"])
    return found


def test_each_students_result_is_taken_and_has_their_points():
    for report in (ADA, BOB, CLEO, DAN):
        found = collected(result(report, WHOSE, WHEN))
        assert (found["score"], found["max-score"]) == (report.score, report.max_score)
        passed = [test.verdict is Verdict.PASSED for each in report.exercises for test in each.tests]
        assert [test["passed"] for test in found["tests"]] == passed
    assert found["datetime"] == "2026-06-01T14:32:05Z"
    assert found["tests"][0]["test-name"] == "softmax: Sums to one"


def test_points_that_are_fractions_need_a_scale_and_are_never_rounded():
    tests = (
        make_test("A", points=0.5),
        make_test("B", points=0.25),
        make_test("C", Verdict.ERROR, points=1.5),
    )
    report = make_student("ada", make_exercise("softmax", *tests))
    with pytest.raises(UsageError, match=r"a test is worth 0\.5 points; say --scale 4"):
        result(report, WHOSE, WHEN)
    with pytest.raises(UsageError, match=r"worth 0\.25 points; say --scale 4"):
        result(report, WHOSE, WHEN, 2)
    found = collected(result(report, WHOSE, WHEN, 4))
    assert [(test["score"], test["max-score"]) for test in found["tests"]] == [(2, 2), (1, 1), (0, 6)]


@pytest.mark.parametrize(("worth", "scale"), [(0.1, 10), (1 / 3, 3), (0.0625, 16)])
def test_the_scale_that_is_named_is_the_least_that_works(worth, scale):
    report = make_student("ada", make_exercise("softmax", make_test("A", points=worth)))
    with pytest.raises(UsageError, match=f"--scale {scale},"):
        result(report, WHOSE, WHEN)
    assert collected(result(report, WHOSE, WHEN, scale))["score"] == 1


def test_an_identity_that_is_not_all_there_is_refused_by_name():
    some = {name: value for name, value in ENVIRONMENT.items() if name not in ("USERNAME", "COMMIT_URL")}
    with pytest.raises(UsageError, match=r"^USERNAME and COMMIT_URL are not set"):
        identity(some)
    with pytest.raises(UsageError, match=r"^CLASSROOM is not set"):
        identity(ENVIRONMENT | {"CLASSROOM": " "})


def test_what_the_runner_may_leave_out():
    some = {name: value for name, value in ENVIRONMENT.items() if name not in ("USERNAME", "REVIEW_URL")}
    whose = identity(some | {"OWNER": "team-1", "ASSIGNMENT_TYPE": "team"})
    assert (whose.username, whose.kind, whose.review) == ("team-1", "team", ENVIRONMENT["COMMIT_URL"])


def test_what_is_hidden_from_a_student_is_in_neither_file():
    content = result(BOB, WHOSE, WHEN).decode() + release_body(BOB)
    assert "test_sums_to_one" not in content
    assert "loss 1" not in content
    assert release_body(BOB).startswith("# Deep Learning: bob")
    assert release_body(BOB, 4).startswith("Each point counts 4 in the scores of Classroom 50.\n\n# ")


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_inert_and_short(kind):
    student = hostile_student(HOSTILE[kind])
    content = result(student, WHOSE, WHEN.astimezone(UTC))
    collected(content)
    assert content.decode("ascii").replace("\n", "").isprintable()
    assert len(content) < 10_000
    assert len(release_body(student).encode()) <= BODY_BYTES
    assert release_body(student).replace("\n", "").isprintable()
