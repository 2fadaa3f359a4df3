"""What staff read about a class on a terminal; the manual's example among it."""

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader.report.about_class import class_view
from grader.report.class_report import (
    CauseCount,
    ClassReport,
    FindingCount,
    MistakeCount,
    TestStatistics,
    Unexplained,
)
from grader.report.terminal import as_text

PAGE = Path(__file__).parents[3] / "docs" / "class.md"
HOSTILE = "\x1b]8;;x\x07[red]\u202e\n" + "w" * 300


def mistake(name="no_max_shift", count=12, **fields):
    data = {
        "exercise": "softmax",
        "name": name,
        "headline": "The exponential is taken of the logits as they are.",
        "count": count,
        "handed_in": 22,
        "share": count / 22,
        "students": ("ada",),
    }
    return MistakeCount(**data | fields)


def statistics(title="Rows sum to one", passed=8, discrimination=0.4, taken=20, **fields):
    data = {
        "exercise": "softmax",
        "name": "test_rows",
        "title": title,
        "device": "cpu",
        "taken": taken,
        "passed": passed,
        "difficulty": passed / taken if taken else None,
        "discrimination": discrimination,
        "passed_by": "all" if passed == taken else "some" if passed else "none",
    }
    return TestStatistics(**data | fields)


def found(code="shape-differs", count=4, *causes):
    return FindingCount(
        exercise="conv2d",
        code=code,
        count=count,
        handed_in=20,
        share=count / 20,
        students=("ada",),
        causes=causes or (cause(count=count),),
    )


def cause(text="", relation=None, count=4):
    return CauseCount(cause=text, relation=relation, count=count, students=("ada",))


def unexplained(student="ada", exercise="conv2d"):
    return Unexplained(exercise=exercise, student=student, code="shape-differs", tests=("test_stride",))


def text(**parts):
    view = class_view(ClassReport(**parts))
    assert view is not None
    return as_text(view)


def test_where_there_is_nothing_nothing_is_said():
    assert class_view(ClassReport()) is None
    few = ClassReport(students=9, tests=(statistics(taken=9),), findings=(found(count=1),))
    assert class_view(few) is None


def test_the_first_mistakes_and_how_many_there_are():
    assert text(mistakes=(mistake(), mistake("sum_over_batch", 3))) == (
        "Mistakes most often made\n"
        "  12 of 22  softmax no_max_shift: The exponential is taken of the logits as they\n"
        "            are.\n"
        "   3 of 22  softmax sum_over_batch: The exponential is taken of the logits as\n"
        "            they are.\n"
    )
    many = text(mistakes=tuple(mistake(f"m{number}") for number in range(5)))
    assert many.startswith("Mistakes most often made (3 of 5)\n")
    assert "m3" not in many


def test_findings_that_several_have():
    said = text(
        findings=(
            found("values-differ", 5, cause("[1]", "factor", 3), cause(count=2)),
            found("shape-differs", 4, cause("[0]", None, 2), cause("[1]", None, 2)),
            found("exception", 2, cause("IndexError dim-range", None, 2)),
            found("no-gradient", 2),
        )
    )
    assert " ".join(said.split()) == (
        "Without a known mistake: conv2d values-differ, [1], factor (5 of 20); conv2d shape-differs "
        "(4 of 20); conv2d exception, IndexError dim-range (2 of 20)."
    )


def test_what_nothing_explained_is_named_and_bounded():
    assert text(unexplained=(unexplained(),)) == "No explanation fitted 1 submission: ada conv2d.\n"
    said = text(unexplained=tuple(unexplained(f"s{number}") for number in range(1000)))
    assert said == (
        "No explanation fitted 1,000 submissions: s0 conv2d, s1 conv2d, s2 conv2d, s3\nconv2d and 996 more.\n"
    )


def test_tests_that_ask_for_a_look_stand_first():
    said = text(
        tests=(
            statistics("hard", 3),
            statistics("easy", 20),
            statistics("harder", 2, 0.1),
            statistics("misleads", 15, -0.5),
            statistics("a little", 15, -0.4),
            statistics("nobody", 0, None, device="cuda"),
            statistics("few took it", 0, None, taken=9),
        )
    )
    assert said == (
        "Hidden tests to look at (3 of 5)\n"
        "   0 of 20  softmax: nobody (on cuda)\n"
        "  15 of 20  softmax: misleads; discrimination -0.50, the better fail it more\n"
        "            often\n"
        "   2 of 20  softmax: harder; discrimination +0.10\n"
        "Passed by all who took them: 1 of 6 hidden tests.\n"
    )


@pytest.mark.parametrize(("passed", "lines"), [(20, 1), (19, 2)])
def test_of_tests_only_what_there_is_is_said(passed, lines):
    assert text(tests=(statistics(passed=passed),)).count("\n") == lines


def test_hostile_names_are_inert_and_the_screen_is_not_left():
    said = text(
        mistakes=(mistake(HOSTILE, headline=HOSTILE),) * 9,
        tests=(statistics(HOSTILE),) * 99,
        unexplained=(unexplained(HOSTILE),) * 99,
        findings=(found("exception", 4, cause(HOSTILE)),) * 9,
    )
    assert all(line.isprintable() for line in said.splitlines())
    assert max(map(cell_len, said.splitlines())) <= 80
    assert "[red]" in said
    assert "\\x1b" in said


def test_a_screenful_is_enough():
    headline = "The gradient is not divided by the number of samples: it is that of the sum of losses."
    title = "A test with a title of a usual length, about one thing"
    said = text(
        mistakes=(mistake("gradient_of_the_sum", headline=headline),) * 9,
        tests=(statistics(title), *[statistics(title, 20)] * 9) * 9,
        unexplained=(unexplained("student-01", "training_loop"),) * 99,
        findings=(found("values-differ", 4, cause("[0].weight", "transposed")),) * 9,
    )
    assert said.count("\n") <= 18


# --- the manual -------------------------------------------------------------------


def test_the_manuals_example_is_what_its_data_give():
    page = PAGE.read_text(encoding="utf-8")
    data, shown = (re.search(rf"(?s)```{kind}\n(.*?)```", page)[1] for kind in ("json", "text"))
    report = ClassReport.model_validate(json.loads(data))
    assert as_text(class_view(report)) == shown


def test_the_manual_has_every_field():
    page = PAGE.read_text(encoding="utf-8")
    for model in (ClassReport, MistakeCount, TestStatistics, Unexplained, FindingCount, CauseCount):
        for name in model.model_fields:
            assert f"`{name}`" in page, name
