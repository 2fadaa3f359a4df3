"""Notebooks to work in: valid, the same every time, and right to hand in as they are."""

import nbformat
import pytest

from grader.course import read_course
from grader.desk.checker import Checker
from grader.desk.notebooks import notebook_of, titles_of
from grader.submission import Bundle, SubmittedFile
from grader.verdicts import Verdict
from tests.grader.tiny import HANDOUT, SOLUTION, STUB, make_course


@pytest.fixture(scope="module")
def course(request):
    return read_course(request.config.rootpath, staff=False)


def sources(content, kind):
    book = nbformat.reads(content.decode(), as_version=4)
    return {cell.id: cell.source for cell in book.cells if cell.cell_type == kind}


def test_a_notebook_is_valid_and_the_same_every_time(course):
    content = notebook_of(course, course.exercises)
    book = nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    assert len({cell.id for cell in book.cells}) == len(book.cells)
    assert all(not cell.outputs and cell.execution_count is None for cell in book.cells if "outputs" in cell)
    assert notebook_of(course, course.exercises) == content


def test_the_handout_the_stub_and_a_check_stand_one_below_the_other(tiny_course):
    book = nbformat.reads(notebook_of(tiny_course, tiny_course.exercise("double")).decode(), as_version=4)
    kinds = [(cell.cell_type, cell.id) for cell in book.cells]
    assert kinds == [
        ("markdown", "how"),
        ("code", "setup"),
        ("markdown", "double-handout-1"),
        ("markdown", "double-handout-2"),
        ("code", "double-yours"),
        ("markdown", "double-tests"),
        ("code", "double-check"),
    ]
    by_id = {cell.id: cell.source for cell in book.cells}
    assert by_id["setup"] == "from grader.notebook import check"
    handout = "\n".join(by_id[f"double-handout-{place}"] for place in (1, 2))
    assert "".join(handout.split()) == "".join(HANDOUT.split())
    assert by_id["double-yours"].strip() == STUB.strip()
    assert by_id["double-tests"].endswith("- Two plus two.\n- A plain assert.")
    assert by_id["double-check"] == "check(double)"


def test_it_says_where_the_course_is_if_it_must(tiny_course):
    cells = sources(notebook_of(tiny_course, tiny_course.exercises, named=True), "code")
    assert cells["setup"].endswith(f"grader.notebook.course({str(tiny_course.root)!r})")
    compile(cells["setup"], "setup", "exec")


def test_all_of_every_handout_is_there(course):
    cells = sources(notebook_of(course, course.exercises), "markdown")
    for exercise in course.exercises:
        mine = [text for name, text in cells.items() if name.startswith(f"{exercise.name}-handout-")]
        assert "".join("".join(mine).split()) == "".join(exercise.handout.read_text().split())
        assert all(part.count("```") % 2 == 0 for part in mine)  # no cut inside a block of code


def test_an_exercise_of_several_functions_is_checked_by_name(course):
    cells = sources(notebook_of(course, course.exercise("training_loop")), "code")
    assert cells["training_loop-check"] == 'check("training_loop")'


def test_a_heading_in_code_starts_no_cell(tmp_path):
    handout = "# Double\n\n```python\n# no heading\nx\n```\n## What your function must do\n\n- All.\n"
    course = make_course(tmp_path, **{"exercises/double/README.md": handout})
    cells = sources(notebook_of(course, course.exercise("double")), "markdown")
    assert cells["double-handout-1"].endswith("# no heading\nx\n```")
    assert cells["double-handout-2"].startswith("## What your")


def test_titles_are_those_of_the_tests_in_order(tmp_path):
    path = tmp_path / "test_x.py"
    path.write_text(
        'def test_b():\n    """B.\n\n    More.\n    """\ndef helper():\n    """No."""\ndef test_a(): pass\n'
    )
    assert titles_of(path) == ["B.", "test_a"]


def test_handed_in_as_it_is_it_is_graded(tiny_course):
    """The cells of checks are left out, whether or not the function was filled in."""
    exercise = tiny_course.exercise("double")
    content = notebook_of(tiny_course, exercise)
    book = nbformat.reads(content.decode(), as_version=4)
    next(cell for cell in book.cells if cell.id == "double-yours").source = SOLUTION
    filled_in = nbformat.writes(book).encode()
    with Checker(tiny_course) as checker:
        stub, right = (checker.check(exercise, bundle_of(each)) for each in (content, filled_in))
    assert stub.verdict is Verdict.NOT_IMPLEMENTED
    assert right.verdict is Verdict.PASSED
    assert right.notebook.used == (2,)
    assert {out.why for out in right.notebook.left_out} == {"not needed"}
    assert right.notebook.stopped == ()


def bundle_of(content):
    return Bundle("double", ("double.ipynb",), (SubmittedFile("double.ipynb", content),), (), None)
