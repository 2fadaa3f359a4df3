"""Gradescope's results.json: its documented fields, what students see when, and hostile texts."""

import json
import re
from typing import Any

import pytest

from grader.export.gradescope import Shown, as_bytes, nothing, results
from grader.findings import NotRun, WrongError
from grader.report.model import Override, StudentReport
from grader.verdicts import Blame, Reveal, Verdict, Visibility
from tests.grader.export.a_class import HOSTILE, WRONG, a_class, hostile_student
from tests.grader.report.conftest import make_exercise, make_student, make_test

FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}
NUMBER = (int, float)
TOP: dict[str, Any] = {
    "score": NUMBER,
    "execution_time": NUMBER,
    "output": str,
    "output_format": FORMATS,
    "test_output_format": FORMATS,
    "test_name_format": FORMATS,
    "visibility": VISIBILITY,
    "stdout_visibility": VISIBILITY,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
TEST: dict[str, Any] = {
    "score": NUMBER,
    "max_score": NUMBER,
    "status": {"passed", "failed"},
    "name": str,
    "name_format": FORMATS,
    "number": str,
    "output": str,
    "output_format": FORMATS,
    "tags": list,
    "visibility": VISIBILITY,
    "extra_data": dict,
}


def documented(content: bytes) -> dict[str, Any]:
    """What Gradescope reads, where all of it is as documented."""
    assert b"\r" not in content
    assert rb"\r" not in content.replace(rb"\\", b"")  # in a string
    found: dict[str, Any] = json.loads(content.decode("ascii"))
    assert "score" in found or all("score" in test for test in found["tests"])
    for level, fields in ((found, TOP), *((test, TEST) for test in found["tests"])):
        for key, value in level.items():
            allowed = fields[key]
            good = value in allowed if isinstance(allowed, set) else isinstance(value, allowed)
            assert good, (key, value)
            assert not isinstance(value, bool)
    return found


def of(report: StudentReport, shown: Shown = Shown.VISIBLE, reveal: Reveal = Reveal.DIFFERENCES) -> Any:
    return documented(as_bytes(results(report.for_student(reveal), shown)))


ADA, BOB, CLEO, DAN = a_class()


@pytest.mark.parametrize("report", a_class(), ids=lambda report: report.student)
def test_every_field_is_as_documented(report: StudentReport) -> None:
    found = of(report)
    assert found["score"] == report.score
    numbers = [test["number"] for test in found["tests"]]
    assert numbers == sorted(numbers)
    assert {tag for test in found["tests"] for tag in test["tags"]} == {"softmax"}
    assert found["extra_data"]["schema_version"] == 1
    assert found["extra_data"]["digest"] == report.digest


def test_numbers_are_in_order_as_numbers_and_as_texts() -> None:
    exercises = [
        make_exercise(f"e{n:02}", *(make_test(f"T{t}", points=0) for t in range(12))) for n in range(11)
    ]
    numbers = [test["number"] for test in of(make_student("ada", *exercises))["tests"]]
    assert numbers == sorted(numbers) == sorted(numbers, key=float)
    assert len(set(map(float, numbers))) == len(numbers)


def test_full_marks_are_told_for_the_script_that_compares_them() -> None:
    assert of(ADA)["extra_data"]["full_marks"] == 2
    reckoned = make_student("ada", *ADA.exercises, final=7, final_max=10)
    assert of(reckoned)["extra_data"]["full_marks"] == 10


def test_layers_are_named_without_particulars() -> None:
    environment = ADA.environment.model_copy(update={"isolation": ("landlock (ABI 7)", "uid")})
    report = ADA.model_copy(update={"environment": environment})
    assert of(report)["extra_data"]["layers"] == ["landlock", "uid"]


def test_a_test_worth_nothing_has_a_look_and_no_score() -> None:
    sums, keeps = of(ADA)["tests"]
    assert (sums["score"], sums["max_score"], sums["status"], sums["output"]) == (2, 2, "passed", "")
    assert keeps["status"] == "passed"
    assert not {"score", "max_score"} & set(keeps)


def test_the_finding_stands_under_the_first_test_of_its_cause() -> None:
    tests = [make_test(f"Test {n}", Verdict.WRONG_ANSWER, WRONG) for n in range(12)]
    found = of(make_student("ada", make_exercise("softmax", *tests)))["tests"]
    assert [test["number"] for test in found] == [f"1.{n:02}" for n in range(1, 13)]
    assert found[0]["output"].count("values-differ") == 1
    assert "values-differ" not in found[11]["output"]
    assert "Fails the same way as test 1.01, 'Test 0'." in found[11]["output"]


def test_what_is_wrong_as_a_whole_has_an_entry_of_its_own() -> None:
    whole, *tests = of(CLEO)["tests"]
    assert (whole["number"], whole["status"]) == ("1.0", "failed")
    assert "missing-file" in whole["output"]
    assert [test["status"] for test in tests] == ["failed", "failed"]
    assert all("did not run" in test["output"] for test in tests)


def test_a_fault_of_ours_is_nobodys_fault() -> None:
    assert "not your fault" in of(DAN)["tests"][0]["output"]


def test_the_mark_that_counts_is_the_total() -> None:
    by_hand = Override(score=1.5, reason="an oral exam")
    exercise = ADA.exercises[0].model_copy(update={"override": by_hand, "final": 1.5})
    report = make_student("ada", exercise).model_copy(update={"final": 1.5, "final_max": 2})
    found = of(report)
    assert found["score"] == 1.5
    assert "1.5 points, set by the staff: an oral exam" in found["output"]


@pytest.mark.parametrize("shown", Shown)
def test_hidden_tests_show_when_they_are_asked_to(shown: Shown) -> None:
    sums, keeps = of(ADA, shown)["tests"]
    assert (sums["visibility"], keeps["visibility"]) == (shown, "visible")


def test_the_staffs_view_is_hidden_from_students() -> None:
    found = documented(as_bytes(results(CLEO)))
    assert {test["visibility"] for test in found["tests"]} == {"hidden"}


@pytest.mark.parametrize(("reveal", "told"), [(Reveal.DIFFERENCES, False), (Reveal.MESSAGES, True)])
def test_what_a_course_hides_is_not_in_it(reveal: Reveal, told: bool) -> None:
    raised = WrongError(type="Sneaky", message="the input was 42", expected="TypeError", frames=())
    test = make_test("Raises", Verdict.WRONG_ANSWER, raised, visibility=Visibility.HIDDEN, output="42!")
    report = make_student("ada", make_exercise("softmax", test))
    content = as_bytes(results(report.for_student(reveal)))
    assert (b"the input was 42" in content) is told
    assert b"42!" not in content
    assert b"test_raises" not in content


def test_not_run_says_why() -> None:
    skipped = NotRun(reason="no-cuda")
    test = make_test("On a GPU", Verdict.NOT_RUN, skipped, device="cuda", blame=Blame.OPERATOR)
    (only,) = of(make_student("ada", make_exercise("softmax", test)))["tests"]
    assert only["name"] == "Softmax: On a GPU (on cuda)"
    assert "1 test did not run (2 points)" in only["output"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("reveal", [Reveal.VERDICT, Reveal.EVERYTHING])
def test_hostile_texts_are_inert(text: str, reveal: Reveal) -> None:
    found = of(hostile_student(text), reveal=reveal)
    strings = [found["output"], *(test[key] for test in found["tests"] for key in ("name", "output"))]
    for said in [*strings, *found["tests"][0]["tags"]]:
        assert all(line.isprintable() for line in said.split("\n"))
        assert len(said) < 50_000
    assert {found["output_format"], found["test_output_format"], found["test_name_format"]} == {"text"}


def test_where_nothing_could_be_judged_there_is_a_result_too() -> None:
    found = documented(as_bytes(nothing("It stopped.\x1b[2J")))
    assert (found["score"], found["tests"]) == (0, [])
    assert re.fullmatch(r"It stopped\.\\x1b\[2J", found["output"])
