"""The report's sums, and what a student may see of it."""

import json

import pytest
from pydantic import ValidationError

from grader.findings import (
    CheckFailed,
    ExceptionRaised,
    Frame,
    NotImplementedYet,
    NotRun,
    TimedOut,
    WrongError,
)
from grader.report.examples import EXAMPLES
from grader.report.model import (
    Environment,
    ExerciseReport,
    MistakeReport,
    RunReport,
    StudentReport,
    TestReport,
    mistakes_together,
)
from grader.report.redact import did_not_load
from grader.verdicts import Blame, Reveal, Verdict, Visibility

MODELS = [Environment, TestReport, ExerciseReport, StudentReport, RunReport]
SECRET = "s3cret-input"
"""Stands for anything that a hidden test holds and a student must not read."""


@pytest.mark.parametrize("model", MODELS)
def test_every_field_has_a_sentence(model):
    for name, field in model.model_fields.items():
        assert (field.description or "").endswith("."), name
    assert model.model_config["frozen"]
    assert model.model_config["extra"] == "forbid"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"score": 1}, "neither 0 nor max_score"),
        ({"score": 0}, "earns all of its points"),
        ({"verdict": Verdict.WRONG_ANSWER}, "earns nothing"),
        ({"score": float("nan"), "max_score": float("nan")}, "finite"),
        ({"max_score": -1}, "greater than or equal to 0"),
        ({"seconds": float("inf")}, "finite"),
        ({"mark": "A"}, "Extra inputs"),
    ],
)
def test_a_test_earns_all_of_its_points_or_none(make, fields, said):
    with pytest.raises(ValidationError, match=said):
        make.test(**{"score": 2, "max_score": 2} | fields)


def test_an_unstable_test_may_earn_or_not(make):
    assert make.test("x", Verdict.UNSTABLE, score=2).score == 2
    assert make.test("x", Verdict.UNSTABLE).score == 0


def test_sums_are_checked_at_every_level(make):
    exercise = make.exercise("softmax", make.test(), make.test("x", Verdict.ERROR))
    assert (exercise.score, exercise.max_score) == (2, 4)
    for fields in ({"score": 4}, {"max_score": 2}, {"score": 2.001}):
        with pytest.raises(ValidationError, match="its parts sum to"):
            make.exercise("softmax", *exercise.tests, **fields)
    with pytest.raises(ValidationError, match="max_score of student 'ada' is 5"):
        make.student("ada", exercise, max_score=5)


def test_points_of_a_tenth_add_up(make):
    tests = [make.test(points=0.1) for _ in range(10)]
    assert make.exercise("softmax", *tests, score=1, max_score=1).score == 1


@pytest.mark.parametrize("started", ["yesterday", "2026-11-20", "2026-11-20T09:00:00+02:00"])
def test_a_run_says_in_utc_when_it_began(make, started):
    with pytest.raises(ValidationError, match="pattern"):
        RunReport.model_validate(make.run().model_dump() | {"started": started})


def test_a_report_survives_json(make):
    findings = [finding for code, finding in EXAMPLES.items() if code != "not-finite"]
    report = make.student("ada", make.exercise("softmax", make.test("x", Verdict.ERROR, *findings)))
    assert StudentReport.model_validate_json(report.model_dump_json()) == report


def secretive(make, visibility):
    """A test whose every text that may quote inputs holds the secret."""
    frame = Frame(file="softmax.py", line=5, function="softmax", text="raise ValueError(x)")
    return make.test(
        "Refuses a wrong dim",
        Verdict.ERROR,
        ExceptionRaised(type="ValueError", message=SECRET, frames=(frame,)),
        WrongError(expected="ValueError", type="KeyError", message=SECRET, frames=(frame,)),
        CheckFailed(statement="rows sum to one", detail="row 2 sums to 3"),
        EXAMPLES["values-differ"],
        EXAMPLES["grader-fault"].model_copy(update={"detail": "staff-only"}),
        name="test_the_name",
        visibility=visibility,
        output=SECRET,
    )


def as_seen(make, test, reveal):
    report = make.student("ada", make.exercise("softmax", test)).for_student(reveal)
    assert report.view == "student"
    return report.exercises[0].tests[0]


def test_a_visible_test_is_shown_whole_but_for_the_graders_own_fault(make):
    test = secretive(make, Visibility.VISIBLE)
    for reveal in Reveal:
        seen = as_seen(make, test, reveal)
        assert (seen.name, seen.output, seen.seconds) == (test.name, SECRET, test.seconds)
        assert seen.findings[:-1] == test.findings[:-1]
        assert seen.findings[-1].detail == ""


def test_a_hidden_test_at_everything_lacks_its_name_and_the_graders_own_fault(make):
    test = secretive(make, Visibility.HIDDEN)
    seen = as_seen(make, test, Reveal.EVERYTHING)
    assert (seen.name, seen.output) == ("", SECRET)
    assert seen.findings[:-1] == test.findings[:-1]
    assert seen.findings[-1].detail == ""


def test_a_hidden_test_at_differences_keeps_what_teaches(make):
    seen = as_seen(make, secretive(make, Visibility.HIDDEN), Reveal.DIFFERENCES)
    assert (seen.name, seen.output, seen.title) == ("", "", "Refuses a wrong dim")
    assert SECRET not in seen.model_dump_json()
    raised, other, check, values, fault = seen.findings
    assert raised.withheld
    assert raised.type == "ValueError"
    assert raised.frames[0].text == "raise ValueError(x)"
    assert other.withheld
    assert other.type == "KeyError"
    assert check.detail == "row 2 sums to 3"
    assert values == EXAMPLES["values-differ"]
    assert fault.detail == ""


def test_a_hidden_test_at_verdict_keeps_verdict_title_and_points(make):
    test = secretive(make, Visibility.HIDDEN)
    seen = as_seen(make, test, Reveal.VERDICT)
    assert seen == test.model_copy(update={"name": "", "findings": (), "output": "", "seconds": 0.0})


IMPORT = ExceptionRaised(call="import", type="ImportError", message="no module x", frames=())
LOADING = [
    *(EXAMPLES[c] for c in ("missing-file", "unreadable-file", "syntax-error", "missing-entry-point")),
    IMPORT,
    TimedOut(what="import", seconds=10),
    NotRun(reason="did-not-load"),
    NotRun(reason="no-cuda"),
    NotImplementedYet(name="softmax"),
]


@pytest.mark.parametrize("finding", LOADING, ids=lambda finding: finding.code)
@pytest.mark.parametrize("reveal", list(Reveal))
def test_why_nothing_was_called_is_shown_however_much_is_hidden(make, finding, reveal):
    """Whole where it was found before any test; in a test without the file's own words."""
    test = make.test("x", Verdict.ERROR, finding, visibility=Visibility.HIDDEN)
    report = make.student("ada", make.exercise("softmax", test, findings=(finding,))).for_student(reveal)
    assert report.exercises[0].findings == (finding,)
    (seen,) = report.exercises[0].tests[0].findings
    own_words = dict.fromkeys(("message", "detail", "near", "withheld"))
    assert seen.model_copy(update=own_words) == finding.model_copy(update=own_words)
    assert reveal in (Reveal.VERDICT, Reveal.DIFFERENCES) or seen == finding


def test_at_verdict_not_even_the_call_of_a_stub_is_told(make):
    line = Frame(file="softmax.py", line=3, function="softmax", text="raise NotImplementedError")
    stub = NotImplementedYet(call="softmax(tensor[1000, 7])", name="softmax", frames=(line,), partly=True)
    test = make.test("x", Verdict.NOT_IMPLEMENTED, stub, visibility=Visibility.HIDDEN)
    assert as_seen(make, test, Reveal.VERDICT).findings == (NotImplementedYet(name="softmax"),)
    assert as_seen(make, test, Reveal.DIFFERENCES).findings == (stub,)


def test_nothing_else_counts_as_not_loading():
    told = [code for code, finding in EXAMPLES.items() if did_not_load(finding)]
    assert told == ["missing-file", "unreadable-file", "syntax-error", "missing-entry-point"]


def test_findings_on_the_exercise_lose_staff_facts_too(make):
    exercise = make.exercise("softmax", findings=(EXAMPLES["grader-fault"], EXAMPLES["missing-file"]))
    seen = make.student("ada", exercise).for_student(Reveal.EVERYTHING).exercises[0].findings
    assert seen == (EXAMPLES["grader-fault"].model_copy(update={"detail": ""}), EXAMPLES["missing-file"])


@pytest.mark.parametrize("reveal", list(Reveal))
@pytest.mark.parametrize("again", list(Reveal))
def test_redacting_twice_brings_nothing_back(make, reveal, again):
    once = make.student("ada", make.exercise("softmax", secretive(make, Visibility.HIDDEN)))
    once = once.for_student(reveal)
    twice = once.for_student(again)
    assert len(twice.model_dump_json()) <= len(once.model_dump_json())
    assert twice.for_student(reveal).for_student(again) == twice


def objects(data):
    """Every object in a JSON document."""
    if isinstance(data, dict):
        yield data
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            yield from objects(item)


@pytest.mark.parametrize("reveal", list(Reveal))
def test_no_student_view_holds_a_staff_only_field(make, reveal):
    tests = [
        make.test(code, Verdict.ERROR, finding, visibility=visibility, blame=Blame.GRADER, output="3.14")
        for code, finding in EXAMPLES.items()
        for visibility in Visibility
    ]
    exercise = make.exercise("softmax", *tests, findings=tuple(EXAMPLES.values()))
    report = make.student("ada", exercise).for_student(reveal)
    seen = list(objects(json.loads(report.model_dump_json())))
    assert len(seen) > len(tests)
    for item in seen:
        if item.get("code") == "grader-fault":
            assert item["detail"] == ""
        if item.get("visibility") == "hidden":
            assert item["name"] == ""
            assert reveal is Reveal.EVERYTHING or item["output"] == ""
            messages = [f for f in item["findings"] if f["code"] in ("exception", "wrong-error")]
            assert any(f["message"] for f in messages) <= (reveal in (Reveal.MESSAGES, Reveal.EVERYTHING))
    assert "KeyError: 'softmax' in tests/hidden" not in report.model_dump_json()


def test_redaction_leaves_the_staff_report_as_it_was(make):
    report = make.student("ada", make.exercise("softmax", secretive(make, Visibility.HIDDEN)))
    before = report.model_dump_json()
    report.for_student(Reveal.VERDICT)
    assert report.model_dump_json() == before
    assert report.view == "staff"


def test_mistakes_of_several_devices_are_told_once():
    one, two = (
        MistakeReport(name=name, headline="H.", explanation="E.", question="Q?", section="S", tests=tests)
        for name, tests in (("one", 2), ("two", 3))
    )
    assert mistakes_together([]) == ()
    assert mistakes_together([(one,), (two,)]) == (two, one)
    (both, other) = mistakes_together([(one,), (one, two)])
    assert (both, other) == (one.model_copy(update={"tests": 4}), two)
