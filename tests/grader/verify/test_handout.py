"""The worked examples of a handout run against the reference, and a wrong one is named with its line."""

import pytest

from grader.course import read_course
from grader.verify import handout
from grader.verify.examples import run, sessions
from grader.verify.report import Claim, Standing
from tests.grader.tiny import HANDOUT, SOLUTION, make_course
from tests.repo.test_chapter_order import PACKAGE

WHERE, REFERENCE = "exercises/double/README.md", "reference/double/solution.py"


def found(folder, **changed):
    course = make_course(folder, **changed)
    return list(handout.rows(course, course.exercises[0]))


def test_the_examples_of_the_course_give_what_they_show():
    course = read_course(PACKAGE.parent, staff=True)
    (row,) = handout.rows(course, course.exercise("softmax"))
    assert (row.standing, row.claim, row.file) == (
        Standing.HOLDS,
        Claim.HANDOUT,
        "exercises/softmax/README.md",
    )
    assert row.sentence == "12 examples in exercises/softmax/README.md give what they show"


def test_a_wrong_example_is_named_with_line_got_and_expected(tmp_path):
    assert "tensor([2., 4.])" in HANDOUT
    text = HANDOUT.replace("tensor([2., 4.])", "tensor([2., 5.])")
    (row,) = found(tmp_path, **{WHERE: text})
    line = HANDOUT[: HANDOUT.index(">>> double(torch")].count("\n") + 1
    assert (row.standing, row.file, row.line) == (Standing.FAILS, WHERE, line)
    assert row.sentence == (
        "'double(torch.tensor([1.0, 2.0]))' gives 'tensor([2., 4.])', "
        f"not 'tensor([2., 5.])' as {WHERE} shows in line {line}"
    )
    assert "expected:\ntensor([2., 5.])\ngot:\ntensor([2., 4.])" in row.detail


def test_a_reference_that_changed_makes_the_examples_wrong(tmp_path):
    (row,) = found(tmp_path, **{REFERENCE: SOLUTION.replace("return x * times", "return x + times")})
    assert "gives 'tensor([3., 4.])', not 'tensor([2., 4.])'" in row.sentence


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({REFERENCE: "import os\nos._exit(3)\n"}, "exit code 3"),
        ({WHERE: "# Double\n\n```python\n>>>1\n```\n>>> 2\n```python\n>>> 3\n>>>4\n```\n"}, "ValueError"),
    ],
)
def test_examples_that_cannot_be_run_are_refused(tmp_path, changed, said):
    (row,) = found(tmp_path, **changed)
    assert (row.standing, row.file) == (Standing.FAILS, WHERE)
    assert row.sentence.startswith(f"the examples of {WHERE} cannot be run: ")
    assert said in row.sentence


def test_examples_that_never_end_are_ended(tmp_path):
    course = make_course(tmp_path, **{REFERENCE: "import time\ntime.sleep(60)\n"})
    with pytest.raises(handout.CouldNotRun, match=r"did not end within 0\.5 seconds"):
        handout.run(course, course.exercises[0], deadline=0.5)


def test_a_handout_without_examples_proves_nothing(tmp_path, monkeypatch):
    monkeypatch.delattr(handout, "run")  # no process is started for it
    (row,) = found(tmp_path, **{WHERE: "# Double\n\n```python\ndouble(1)\n```\n"})
    assert row.standing is Standing.NOT_RUN


def test_what_a_solution_prints_does_no_harm(tmp_path):
    (row,) = found(tmp_path, **{REFERENCE: SOLUTION + "\nprint('hello')\n"})
    assert (row.standing, row.sentence) == (Standing.HOLDS, f"3 examples in {WHERE} give what they show")


def test_an_error_that_is_not_shown_is_wrong():
    (wrong,) = run("\n```python\n>>> 1 / 0\n0\n```\n", "made up").wrong
    assert (wrong.line, wrong.source, wrong.expected) == (3, "1 / 0\n", "0\n")
    assert wrong.got == "ZeroDivisionError: division by zero\n"
    error = "Traceback (most recent call last):\n    ...\nZeroDivisionError: division by zero"
    assert run(f"```python\n>>> 1 / 0\n{error}\n```\n", "made up").wrong == ()


def test_only_fenced_python_with_a_prompt_is_an_example():
    text = ">>> 1\n\n```text\n>>> 2\n```\n```python\nx = 3\n```\n```python\n>>> 4\n4\n```\n5\n"
    kept = {at: line for at, line in enumerate(sessions(text).splitlines(), start=1) if line}
    assert kept == {10: ">>> 4", 11: "4"}
    assert run(text, "made up").examples == 1


def test_a_fence_without_an_end_is_no_example():
    assert run("```python\n>>> 1\n2\n", "made up").examples == 0
