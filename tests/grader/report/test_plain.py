"""Plain lines say what the terminal says, and nothing in them depends on where it stands."""

import re

import pytest

from grader.report.examples import EFFICIENCY, EXAMPLES, EXPLAINED, MISTAKES
from grader.report.notebook_use import LeftOut, NotebookUse
from grader.report.plain import exercise_lines, message_lines
from grader.report.terminal import as_text, exercise_view
from grader.report.text import describe
from grader.verdicts import Blame, Verdict

WRONG = Verdict.WRONG_ANSWER


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\s:,;.?!'()]+", text))


def a_mixed_exercise(make):
    tests = [
        make.test("Rows sum to one", WRONG, EXAMPLES["values-differ"], EXAMPLES["shape-differs"], points=0),
        make.test("Works along dim 0", WRONG, EXAMPLES["values-differ"], points=0),
        make.test("Keeps float64", WRONG, EXAMPLES["dtype-differs"], points=0, output="one\n two\n"),
        make.test("Takes vectors", Verdict.ERROR, EXAMPLES["exception"], points=0),
        make.test("Takes one number", WRONG, EXAMPLES["no-gradient"], points=0),
        make.test("On the GPU", Verdict.NOT_RUN, EXAMPLES["not-run"], points=0, blame=Blame.NOBODY),
        make.test("Leaves its input alone", points=0),
    ]
    return make.exercise("softmax", *tests, notes=("a note",), title="Softmax")


def test_a_table_becomes_sentences():
    lines = message_lines(describe(EXAMPLES["values-differ"], "A title"))
    assert "index [0, 2]: yours 0.731059, expected 0.665241, allowed 1.8e-06" in lines
    assert "shape: yours [2], expected [2, 3]" in message_lines(describe(EXAMPLES["shape-differs"], None))


def test_several_lines_stand_below_their_label():
    lines = message_lines(describe(EXAMPLES["exception"], "A title"))
    at = lines.index("where:")
    assert lines[at + 1 : at + 3] == ["softmax.py, line 9, in softmax", "    total = e.sum(dim=dim + 1)"]


@pytest.mark.parametrize(
    "finding", [*EXAMPLES.values(), *(f for f, _ in EXPLAINED.values())], ids=lambda f: f.code
)
def test_each_finding_in_the_words_of_the_terminal(make, finding):
    exercise = make.exercise("softmax", make.test("A title", WRONG, finding, points=0))
    plain = "\n".join(exercise_lines(exercise))
    missing = words(as_text(exercise_view(exercise), width=200)) - words(plain)
    # The heading of a column is a word before each number, and of a table without one nothing is said.
    assert missing <= {"differs"}


def test_an_exercise_says_the_same_as_on_the_terminal(make):
    exercise = a_mixed_exercise(make).model_copy(update={"efficiency": (EFFICIENCY,)})
    lines = exercise_lines(exercise, each_test=True)
    missing = words(as_text(exercise_view(exercise, each_test=True), width=200)) - words("\n".join(lines))
    assert missing <= {"differs"}
    assert lines[:2] == ["softmax: Softmax", "verdict: error"]
    assert "passed: Leaves its input alone" in lines
    assert "1 of 7 tests passed" in lines
    assert "printed:" in lines


def test_a_known_mistake_leads(make):
    exercise = make.exercise(
        "softmax",
        make.test(
            "A title",
            WRONG,
            EXAMPLES["values-differ"].model_copy(update={"mistake": MISTAKES[0].name}),
            points=0,
        ),
        mistakes=(MISTAKES[0],),
    )
    assert f"values-differ: {MISTAKES[0].headline}" in exercise_lines(exercise)


def test_nothing_is_aligned_coloured_or_boxed(make):
    text = "\n".join(exercise_lines(a_mixed_exercise(make), each_test=True))
    assert not re.search(r"\S {2,}\S", text), "no columns"
    assert all(line.isprintable() and line.isascii() for line in text.splitlines())
    assert "\n\n\n" not in text


def test_what_a_student_wrote_is_inert(make):
    finding = EXAMPLES["exception"].model_copy(update={"message": "\x1b[31mred\u202e"})
    exercise = make.exercise(
        "softmax", make.test("A title", WRONG, finding, points=0, output="\x1b]8;;x\x07")
    )
    text = "\n".join(exercise_lines(exercise))
    assert "\x1b" not in text
    assert "\\x1b[31mred\\u202e" in text


def test_not_loaded_is_said_once(make):
    tests = [
        make.test(
            f"T{i}",
            Verdict.NOT_RUN,
            EXAMPLES["not-run"].model_copy(update={"reason": "did-not-load"}),
            points=0,
        )
        for i in range(3)
    ]
    exercise = make.exercise("softmax", *tests, findings=(EXAMPLES["syntax-error"],))
    lines = exercise_lines(exercise)
    assert sum("did not run" in line for line in lines) == 0
    assert "not run: 3 tests" in lines


def test_marks_files_and_cells_are_lines_of_their_own(make):
    use = NotebookUse(
        file="hw.ipynb",
        cells=3,
        way="needed",
        used=(1, 3),
        defined=(),
        left_out=(LeftOut(cell=2, why="magic"),),
    )
    exercise = make.exercise("softmax", make.test("A title", points=2), files=("hw.ipynb",))
    lines = exercise_lines(exercise.model_copy(update={"notebook": use}))
    assert "score: 2 of 2 points" in lines
    assert "read from hw.ipynb" in lines
    assert any(line.startswith("used cells 1 and 3 of 3") for line in lines)
    assert not any(line.startswith("passed: ") for line in lines)


def test_what_was_not_handed_in_was_read_from_nowhere(make):
    lines = exercise_lines(make.exercise("softmax", make.test("A title", points=0), files=()))
    assert not any(line.startswith("read from") for line in lines)
