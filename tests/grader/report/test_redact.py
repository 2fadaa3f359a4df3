"""What student code said while a hidden test ran stays with staff, below the level that opens it."""

import json
import typing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.findings import (
    ExceptionRaised,
    Finding,
    Frame,
    NamesDiffer,
    StateChanged,
    TypeDiffers,
)
from grader.report import redact, vocabulary
from grader.report.examples import EXAMPLES
from grader.report.files import as_json
from grader.report.redact import THEIRS, of_hidden_test, seconds_shown
from grader.report.terminal import as_text, student_view
from grader.verdicts import Reveal, Verdict, Visibility
from grader.worker import state

KINDS = typing.get_args(typing.get_args(Finding)[0])

OURS = {
    "code", "call", "good", "hint",  # the judge's and the test's own
    "leaf", "dtype", "expected", "missing", "argument", "forbidden", "statement", "reason", "first",
    "mistake", "relation", "smallest", "where",  # numbers and fixed words of grader.diagnosis
    "how", "frames", "frame", "file", "entries",  # made or checked by the judge
}  # fmt: skip
"""Fields with text that are the same for every finding that has them."""

OURS_IN = {
    ("check-failed", "detail"),  # the test's words and numbers
    ("not-run", "detail"),
    ("grader-fault", "detail"),  # goes from every student's view
    ("forbidden-used", "what"),  # operators that torch has; the judge looked
    ("broke-protocol", "what"),
    ("return-too-large", "what"),
    ("timed-out", "what"),
    ("not-implemented", "name"),
    ("exception", "kind"),  # one of a few fixed words, chosen by the judge
    ("missing-entry-point", "name"),
    ("dtype-differs", "yours"),  # of a tensor that the judge has made
}
"""Fields with text whose name says less, one by one."""


def test_every_text_of_a_finding_is_known_to_be_ours_or_theirs():
    """A new finding, or a new field, must be decided on."""
    undecided = []
    for kind in KINDS:
        code = kind.model_fields["code"].default
        for name, field in kind.model_fields.items():
            holds_text = any(word in str(field.annotation) for word in ("str", "Literal", "Frame", "Entry"))
            decided = name in OURS or (code, name) in OURS_IN or name in THEIRS.get(kind, ())
            if holds_text and not decided:
                undecided.append((code, name))
    assert undecided == []


def test_what_is_theirs_is_there():
    for kind, names in THEIRS.items():
        assert set(names) <= set(kind.model_fields)


def spoiled(finding, said):
    """`finding` with `said` in every field that student code can choose."""
    update = {}
    for name in THEIRS.get(type(finding), ()):
        update[name] = (said, said) if isinstance(getattr(finding, name), tuple) else said
    return finding.model_copy(update=update)


def views(make, findings, said, reveal, seconds=1.0):
    """A report of one hidden test with these findings, as staff and as its student read it."""
    test = make.test(
        "x", Verdict.ERROR, *findings, visibility=Visibility.HIDDEN, name=f"test_{said}", output=said,
        seconds=seconds,
    )  # fmt: skip
    report = make.student("ada", make.exercise("softmax", test, seconds=seconds))
    student = report.for_student(reveal)
    return as_json(report).decode(), as_json(student).decode() + as_text(student_view(student))


CANARY = st.text(alphabet="QXZJVW", min_size=8, max_size=12)
AROUND = st.sampled_from(
    [
        "",
        "another ",
        "ValueError",
        "torch.",
        "tensor of torch.",
        "cpu:",
        "cuda:0",
        "grad mode",
        " ",
        "\n",
        "['w']",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    canary=CANARY,
    before=AROUND,
    after=AROUND,
    codes=st.lists(st.sampled_from(list(EXAMPLES)), min_size=1, max_size=6),
    call=st.sampled_from([None, "import", "softmax(tensor[2, 3] float32)"]),
    reveal=st.sampled_from([Reveal.VERDICT, Reveal.DIFFERENCES]),
)
def test_no_canary_comes_through_below_messages(make, canary, before, after, codes, call, reveal):
    said = f"{before}{canary}{after}"
    findings = [spoiled(EXAMPLES[code], said).model_copy(update={"call": call}) for code in codes]
    staff, student = views(make, findings, said, reveal)
    assert canary in staff
    assert canary not in student


def leaks(make, reveal=Reveal.DIFFERENCES):
    """The codes through which a canary comes."""
    said = "QXZJVWQXZJVW"
    found = set()
    for code, example in EXAMPLES.items():
        for call in (None, "import"):
            finding = spoiled(example, said).model_copy(update={"call": call})
            if said in "".join(f.model_dump_json() for f in of_hidden_test([finding], reveal)):
                found.add(code)
    return found


class Everything(str):
    """A vocabulary that knows every word."""

    def __contains__(self, word):
        return True

    def fullmatch(self, text):
        return True


class Nothing:
    """No finding is one."""


@pytest.mark.parametrize(
    ("planted", "through"),
    [
        (
            {"_without_their_words": lambda finding: finding},
            {kind.model_fields["code"].default for kind in THEIRS},
        ),
        ({"EXCEPTIONS": Everything()}, {"exception", "wrong-error"}),
        ({"TYPES": Everything()}, {"type-differs"}),
        ({"DEVICE": Everything()}, {"device-differs"}),
        ({"SETTINGS": Everything()}, {"state-changed"}),
        ({"ExceptionRaised": Nothing}, {"exception"}),
        ({"WrongError": Nothing}, {"wrong-error"}),
        ({"NamesDiffer": Nothing}, {"names-differ"}),
        ({"CheckFailed": Nothing}, {"check-failed"}),
        ({"SyntaxProblem": Nothing}, {"syntax-error"}),
        ({"UnreadableFile": Nothing}, {"unreadable-file"}),
        ({"MissingFile": Nothing}, {"missing-file"}),
        ({"MissingEntryPoint": Nothing}, {"missing-entry-point"}),
    ],
)
def test_a_rule_that_is_broken_is_seen(make, monkeypatch, planted, through):
    assert leaks(make) == set()
    for name, value in planted.items():
        monkeypatch.setattr(redact, name, value)
    assert through <= leaks(make)


def test_the_verdict_alone_says_only_why_nothing_was_called(make):
    assert leaks(make, Reveal.VERDICT) == set()
    kept = [code for code, finding in EXAMPLES.items() if of_hidden_test([finding], Reveal.VERDICT)]
    assert kept == [
        *(
            "not-implemented",
            "missing-file",
            "unreadable-file",
            "syntax-error",
            "missing-entry-point",
            "not-run",
        )
    ]


def test_each_level_shows_what_the_one_before_shows_and_more(make):
    frame = Frame(file="softmax.py", line=5, function="softmax", text="raise Mine(x)")
    findings = (
        ExceptionRaised(call="f(1)", type="Mine", message="got 3.14", frames=(frame,)),
        EXAMPLES["values-differ"],
    )
    shown = {}
    for reveal in Reveal:
        test = make.test("x", Verdict.ERROR, *findings, visibility=Visibility.HIDDEN, output="printed")
        seen = test.for_student(reveal)
        raised = seen.findings[0] if seen.findings else None
        shown[reveal] = (
            len(seen.findings),
            raised and (raised.type, raised.message, raised.withheld),
            seen.output,
        )
        assert raised is None or raised.frames == (frame,)
    assert shown == {
        Reveal.VERDICT: (0, None, ""),
        Reveal.DIFFERENCES: (2, ("", "", True), ""),
        Reveal.MESSAGES: (2, ("Mine", "got 3.14", False), ""),
        Reveal.EVERYTHING: (2, ("Mine", "got 3.14", False), "printed"),
    }


@pytest.mark.parametrize("name", ["ValueError", "KeyboardInterrupt", "OutOfMemoryError", "_LinAlgError"])
def test_exceptions_that_everybody_knows_keep_their_names(name):
    finding = ExceptionRaised(call="f()", type=name, message="m", frames=())
    assert of_hidden_test([finding], Reveal.DIFFERENCES)[0].type == name


@pytest.mark.parametrize(
    ("yours", "shown"),
    [
        ("None", "None"),
        ("list", "list"),
        ("another str", "another str"),
        ("numpy.ndarray", "numpy.ndarray"),
        ("tensor of torch.complex32", "tensor of torch.complex32"),
        ("work.Answer", ""),
        ("list2", ""),
        ("ValueError", ""),
    ],
)
def test_types_that_everybody_knows_keep_their_names(yours, shown):
    finding = TypeDiffers(leaf="", yours=yours, expected="tensor")
    assert of_hidden_test([finding], Reveal.DIFFERENCES)[0].yours == shown


def test_the_settings_are_those_that_a_worker_watches():
    assert {setting.name for setting in state.SETTINGS} <= vocabulary.SETTINGS
    finding = StateChanged(names=("grad mode", "x = 3.14"))
    assert of_hidden_test([finding], Reveal.DIFFERENCES)[0].names == ("grad mode",)


@pytest.mark.parametrize("device", ["cpu", "cuda", "cuda:0", "meta"])
def test_devices_are_shown(device):
    finding = EXAMPLES["device-differs"].model_copy(update={"yours": device})
    assert of_hidden_test([finding], Reveal.DIFFERENCES) == (finding,)


def test_names_are_counted_and_counted_once():
    names = NamesDiffer(leaf="", missing=("a",), unexpected=("b", "c"))
    once = of_hidden_test([names, EXAMPLES["check-failed"]], Reveal.DIFFERENCES)
    assert [finding.withheld for finding in once] == [2, 1]
    assert once[0].missing == ("a",)
    assert of_hidden_test(once, Reveal.DIFFERENCES) == once


@pytest.mark.parametrize(
    ("reveal", "shown"),
    [
        (Reveal.VERDICT, 0.0),
        (Reveal.DIFFERENCES, 3.0),
        (Reveal.MESSAGES, 3.1415),
        (Reveal.EVERYTHING, 3.1415),
    ],
)
def test_a_time_is_a_measurement_of_the_inputs(make, reveal, shown):
    """Of the test and of the exercise, which is mostly that of its tests."""
    assert seconds_shown(3.1415, reveal) == shown
    _, student = views(make, (), "s", reveal, seconds=3.1415)
    data = json.loads(student[: student.index("\n}") + 2])
    exercise = data["exercises"][0]
    assert (exercise["seconds"], exercise["tests"][0]["seconds"]) == (shown, shown)


def test_times_of_visible_tests_are_as_measured(make):
    exercise = make.exercise("softmax", make.test(seconds=3.1415), seconds=3.1415)
    seen = exercise.for_student(Reveal.VERDICT)
    assert (seen.seconds, seen.tests[0].seconds) == (3.1415, 3.1415)


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("reveal", Reveal)
def test_how_near_an_answer_came_is_for_staff(make, reveal, visibility):
    """For a hidden test it is a measurement of its inputs; for a visible one, a number without words."""
    exercise = make.exercise("softmax", make.test(worst_error=0.125, visibility=visibility))
    assert b"0.125" in as_json(exercise)
    seen = exercise.for_student(reveal)
    assert seen.tests[0].worst_error is None
    assert b"0.125" not in as_json(seen)
