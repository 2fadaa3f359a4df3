"""A student's page in its place: made anew where something is new, and only then asked for cells."""

from grader.pages import write_student_page
from grader.report.notebook_use import NotebookUse
from grader.submission import SubmittedFile
from grader.verdicts import Reveal
from tests.grader.pages.test_student import failing, handed_in
from tests.grader.report.conftest import make_exercise, make_student, make_test

USE = NotebookUse(file="hw.ipynb", cells=1, way="needed", used=(1,), defined=(), left_out=())
BOOKS = {"softmax": "hw.graded.html"}


class Cells:
    """Gives a cell, and counts how often it was asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return {"softmax": {1: "def softmax(x):\n    return x - 1"}}


def seen(**fields):
    exercise = make_exercise("softmax", make_test(), notebook=USE, **fields)
    return make_student("ada", exercise).for_student(Reveal.EVERYTHING)


def test_the_page_shows_the_cells_and_they_are_asked_for_once(tmp_path):
    cells, file = Cells(), handed_in(SubmittedFile("hw.ipynb", b"{}"))
    place = write_student_page(seen(), [file], tmp_path, BOOKS, cells)
    assert place == tmp_path / "students/ada/report.html"
    page = place.read_text()
    assert "return x - 1" in page
    write_student_page(seen(), [file], tmp_path, BOOKS, cells)
    assert cells.asked == 1
    for number, other in enumerate([seen(digest="0" * 64), seen(digest="0" * 63 + "1"), seen(notes=("n",))]):
        write_student_page(other, [file], tmp_path, BOOKS, cells)
        assert cells.asked == number + 2
    assert "return x - 1" in place.read_text()


def test_what_lies_there_instead_is_replaced(tmp_path):
    cells, secret = Cells(), tmp_path / "secret"
    place = write_student_page(seen(), [], tmp_path, BOOKS, cells)
    secret.write_bytes(place.read_bytes())
    place.unlink()
    place.symlink_to(secret)
    write_student_page(seen(), [], tmp_path, BOOKS, cells)
    assert not place.is_symlink()
    assert cells.asked == 2


def test_without_a_notebook_that_came_back_nothing_is_asked(tmp_path):
    cells = Cells()
    report = make_student("ada", failing()).for_student(Reveal.EVERYTHING)
    place = write_student_page(report, [], tmp_path, {}, cells)
    assert cells.asked == 0
    assert "grader-made-of" not in place.read_text()
