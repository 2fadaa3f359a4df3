"""Annotations that the runner reads as they are meant, on the student's lines; a summary that fits."""

import pytest

from grader.export.github import annotations, summary
from grader.findings import ExceptionRaised, Frame
from grader.report.examples import EXAMPLES
from grader.report.workflow import SUMMARY_BYTES
from grader.verdicts import Blame, Reveal, Verdict
from tests.grader.export.a_class import HOSTILE, a_class, hostile_student
from tests.grader.report.conftest import make_exercise, make_student, make_test
from tests.grader.verify.test_github import read

ADA, BOB, CLEO, DAN = a_class()


def told(report, folder: str = ""):
    return [read(line) for line in annotations(report, folder)]


def failing(*findings, files=("softmax.py",), blame=Blame.STUDENT, **fields):
    test = make_test("Works", Verdict.ERROR, *findings, blame=blame)
    return make_student("bob", make_exercise("softmax", test, files=files, **fields))


def raised(*frames: tuple[str, int]):
    where = tuple(Frame(file=file, line=line, function="f", text="x") for file, line in frames)
    return ExceptionRaised(type="ValueError", message="no", frames=where)


def test_a_finding_stands_on_the_line_that_it_speaks_of():
    wrong, error, notice = told(BOB, "week1")
    assert wrong[:2] == ("error", {"title": "softmax: Sums to one", "file": "week1/softmax.py"})
    assert wrong[2].startswith("values-differ: The gradient is not divided by N")
    assert error[1] == {"title": "softmax: Keeps the shape", "file": "week1/softmax.py", "line": "9"}
    assert notice == (
        "notice",
        {"title": "Deep Learning"},
        "0 of 2 points\nsoftmax: 0 of 2 tests passed",
    )


def test_of_several_lines_it_is_the_deepest_one_of_a_file_that_was_handed_in():
    (error, _) = told(failing(raised(("softmax.py", 3), ("softmax.py", 8))))
    assert error[1]["line"] == "8"
    (error, _) = told(failing(raised(("cell 2", 3)), files=("week1.ipynb",)))
    assert (error[1]["file"], "line" in error[1]) == ("week1.ipynb", False)
    (error, _) = told(failing(raised(("evil.py", 3)), files=("a.py", "b.py")))
    assert not {"file", "line"} & error[1].keys()
    (error, _) = told(failing(raised(("a.py", 3)), files=("deep/a.py", "b.py")))
    assert (error[1]["file"], error[1]["line"]) == ("deep/a.py", "3")
    (error, _) = told(failing(EXAMPLES["syntax-error"]))
    assert (error[1]["file"], error[1]["line"]) == ("softmax.py", "4")


def test_the_mark_that_counts_is_said_where_it_is_another_than_the_points():
    exercise = make_exercise("softmax", make_test("Works", points=4), penalty=1, final=3, weight=10)
    ((_, _, notice),) = told(make_student("bob", exercise, penalty=1, final=7.5, final_max=10))
    assert notice.splitlines()[:2] == ["4 of 4 points", "final: 7.5 of 10, with 1 point off for lateness"]


def test_what_no_student_can_mend_is_a_warning():
    assert [level for level, _, _ in told(DAN)] == ["warning", "notice"]


def test_all_passed_is_the_points_alone():
    assert [level for level, _, _ in told(ADA)] == ["notice"]


def test_what_was_not_handed_in_is_an_error_without_a_place():
    (error, _) = told(CLEO)
    assert error[:2] == ("error", {"title": "softmax"})
    assert "missing-file" in error[2]


def test_verdicts_alone_are_counted():
    (error, _) = told(failing())
    assert error[2] == "1 test did not pass: 'Works'"


def test_github_shows_ten_and_so_many_come():
    exercises = [
        make_exercise(f"e{i}", make_test("Works", Verdict.ERROR, raised(("a.py", i + 1)))) for i in range(14)
    ]
    found = told(make_student("bob", *exercises))
    assert [level for level, _, _ in found].count("error") == 10
    assert found[-1][2].endswith("14 annotations in all; the summary has all of them")


def test_what_is_hidden_from_a_student_is_nowhere():
    shown = BOB.for_student(Reveal.VERDICT)
    for text in ("\n".join(annotations(shown)), summary(shown)):
        assert "index" not in text
        assert "test_sums_to_one" not in text
    assert "index" in "\n".join(annotations(BOB))


def test_a_summary_fits_in_whole_parts():
    tests = [make_test(f"Test {i}", Verdict.WRONG_ANSWER, raised(("a.py", i + 1))) for i in range(40)]
    long = make_student("bob", *(make_exercise(f"e{i}", *tests) for i in range(800)))
    text = summary(long)
    assert SUMMARY_BYTES // 2 < len(text.encode()) <= SUMMARY_BYTES
    assert text.endswith(
        "The rest is too long for a summary on GitHub; the student's report has all of it.\n"
    )
    assert text.count("### e") == text.count("0 of 40 tests passed\n\n")
    for room in (0, 100, 300, 2000):
        assert len(summary(long, room).encode()) <= max(room, 90)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_ends_no_command_and_begins_none(kind):
    lines = list(annotations(hostile_student(HOSTILE[kind]), "sub"))
    assert len(lines) == 3
    for line in lines:
        assert line.isprintable()
        level, properties, _ = read(line)
        assert level in ("error", "notice")
        assert set(properties) <= {"title", "file", "line"}
        assert properties.get("line") in (None, "3")
        assert len(line) < 10_000
