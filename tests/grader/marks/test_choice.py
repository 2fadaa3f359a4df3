"""Which attempts are graded at all, and which of them counts."""

from datetime import UTC, datetime

import pytest

from grader.course import Attempts, Course, Policy
from grader.findings import MissingFile, UnreadableFile
from grader.marks import Attempted, attempt_before, choose, wanted
from grader.report.model import AttemptReport
from grader.submission import Bundle, Submission, SubmittedFile
from grader.verdicts import Verdict
from tests.grader.report.conftest import make_exercise, make_test

LATEST, BEST = Policy(attempts=Attempts.LATEST), Policy(attempts=Attempts.BEST)
WHEN = datetime(2026, 11, 1, tzinfo=UTC)


def bundle(exercise: str, *, there: bool = True, problem=None) -> Bundle:
    if not there:
        problem = MissingFile(expected=(f"{exercise}.py",))
    file = SubmittedFile(f"{exercise}.py", b"x")
    return Bundle(exercise, () if problem else (file.name,), () if problem else (file,), (), problem, WHEN)


def submission(attempt: str, *handed_in: str, exercises=("softmax", "conv2d")) -> Submission:
    bundles = tuple(bundle(name, there=name in handed_in) for name in exercises)
    return Submission("ada", bundles, ("A note.",), attempt * 3, attempt)


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch):
    """A course of two exercises; only its names and its policy matter here."""

    def make(policy: Policy) -> Course:
        monkeypatch.setattr(Course, "names", ("softmax", "conv2d"))
        return Course.model_construct(name="A course", policy=policy)

    return make


FIRST = submission("1", "softmax", "conv2d")
SECOND = submission("2", "softmax")
THIRD = submission("3")


def test_of_one_attempt_everything_is_graded(course) -> None:
    only = submission("", "softmax")
    for policy in (LATEST, BEST):
        assert wanted(course(policy), [only]) == {("", "softmax"), ("", "conv2d")}


def test_the_latest_attempt_in_which_an_exercise_was_handed_in_is_graded(course) -> None:
    assert wanted(course(LATEST), [FIRST, SECOND, THIRD]) == {("2", "softmax"), ("1", "conv2d")}


def test_where_the_best_counts_every_attempt_is_graded_that_has_the_exercise(course) -> None:
    assert wanted(course(BEST), [FIRST, SECOND, THIRD]) == {
        ("1", "softmax"),
        ("2", "softmax"),
        ("1", "conv2d"),
    }


def test_what_was_never_handed_in_is_graded_once(course) -> None:
    attempts = [submission("1", "softmax"), submission("2", "softmax")]
    for policy in (LATEST, BEST):
        assert {name for name in wanted(course(policy), attempts) if name[1] == "conv2d"} == {("2", "conv2d")}


def test_a_file_that_cannot_be_read_was_handed_in_all_the_same(course) -> None:
    broken = bundle("softmax", problem=UnreadableFile(file="softmax.py", reason="empty"))
    attempts = [FIRST, Submission("ada", (broken,), (), "", "2")]
    assert wanted(course(LATEST), attempts) == {("2", "softmax"), ("1", "conv2d")}


def test_only_exercises_that_were_read_are_graded(course) -> None:
    assert wanted(course(LATEST), [submission("1", "softmax", exercises=("softmax",))]) == {("1", "softmax")}
    assert wanted(course(LATEST), []) == set()


def test_an_attempt_keeps_times_and_no_bytes() -> None:
    attempted = Attempted.of(SECOND, {"softmax": make_exercise()})
    assert (attempted.name, attempted.digest, attempted.notes) == ("2", "222", ("A note.",))
    assert attempted.submitted == {"softmax": WHEN}


def report(final: float, verdict: Verdict = Verdict.PASSED):
    return make_exercise("softmax", make_test("x", verdict), final=final)


MISSING = report(0, Verdict.MISSING)


@pytest.mark.parametrize(
    ("attempts", "latest", "best"),
    [
        ([("", report(2))], "", ""),
        ([("1", report(5)), ("2", report(7)), ("3", report(6))], "3", "2"),
        ([("1", report(7)), ("2", report(7))], "2", "1"),
        ([("1", report(7)), ("2", MISSING)], "1", "1"),
        ([("1", report(0, Verdict.ERROR)), ("2", MISSING)], "1", "1"),
        ([("1", MISSING), ("2", MISSING)], "2", "2"),
    ],
)
def test_which_attempt_counts(attempts, latest, best) -> None:
    for policy, name in ((LATEST, latest), (BEST, best)):
        chosen = choose(attempts, policy)
        assert chosen.attempt == name
        assert chosen.final == dict(attempts)[name].final


def test_the_best_is_the_best_after_the_penalty() -> None:
    late = report(5).model_copy(update={"penalty": 3})
    assert choose([("1", report(6)), ("2", late)], BEST).attempt == "1"


# --- the one before -----------------------------------------------------------------


def told(*names: str, counts: str):
    each = [
        AttemptReport(name=name, submitted=None, verdict=None, score=None, final=None, counts=name == counts)
        for name in names
    ]
    return make_exercise("softmax", attempt=counts, attempts=tuple(each))


def test_the_last_graded_attempt_before_the_one_that_counts() -> None:
    first, third = (make_exercise("softmax", make_test(name)) for name in ("one", "three"))
    attempts = [Attempted.of(FIRST, {"softmax": first}), Attempted.of(SECOND, {}), Attempted.of(THIRD, {"softmax": third})]  # fmt: skip  # noqa: E501
    assert attempt_before(told("1", "2", "3", counts="3"), attempts) is first
    assert attempt_before(told("1", "2", "3", counts="1"), attempts) is None
    assert attempt_before(make_exercise("softmax"), attempts) is None
    assert attempt_before(told("2", "3", counts="3"), attempts) is None
