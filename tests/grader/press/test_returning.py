"""What lies beside a student's reports: graded notebooks of now, under safe names, made once."""

import json
from pathlib import Path

import pytest

from grader.errors import IsolationError
from grader.press import FILES, Book, Graded, NotDone, Returning
from grader.press.page import Piece, page
from grader.press.returning import named
from tests.grader.press.reports import exercise, handed_in, raised, student, used


class Stand:
    """In the place of the press: counts, and does what it is told."""

    def __init__(self):
        self.pressed = []
        self.error = None

    def press(self, book, heading):
        if self.error is not None:
            raise self.error
        self.pressed.append(book.name)
        pieces = [Piece("note", 0, b"note")] * len(book.feedback)
        return Graded(b"{}", page(book, heading, pieces), {1: book.name})


@pytest.fixture
def stand():
    return Stand()


@pytest.fixture
def returning(stand, tmp_path):
    return Returning(stand, tmp_path)


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "students" / "ada").iterdir())


def test_a_notebook_and_its_page(returning, stand, tmp_path):
    assert returning.give_back(student(exercise()), [handed_in(b"{}")]) == ()
    assert there(tmp_path) == ["hw.graded.html", "hw.graded.ipynb"]


def test_a_student_without_notebooks_costs_nothing(returning, stand, tmp_path):
    assert returning.give_back(student(exercise(notebook=None)), [handed_in(b"", "softmax.py")]) == ()
    assert stand.pressed == []
    assert not (tmp_path / "students").exists()


def test_what_is_there_is_not_made_again(returning, stand, tmp_path):
    for _ in range(2):
        returning.give_back(student(exercise()), [handed_in(b"{}")])
    assert len(stand.pressed) == 1
    returning.give_back(student(exercise("softmax", raised(2))), [handed_in(b"{}")])
    returning.give_back(student(exercise("softmax", raised(2))), [handed_in(b"{} ")])
    assert len(stand.pressed) == 3
    (tmp_path / "students/ada/hw.graded.ipynb").unlink()
    returning.give_back(student(exercise("softmax", raised(2))), [handed_in(b"{} ")])
    assert len(stand.pressed) == 4


def test_the_cells_of_what_came_back_are_at_hand(returning, stand, tmp_path):
    report, submissions = student(exercise(), exercise("conv2d", notebook=None)), [handed_in(b"{}")]
    returning.give_back(report, submissions)
    assert returning.cells(report, submissions) == {"softmax": {1: "hw.ipynb"}}
    assert len(stand.pressed) == 1
    returning.give_back(report, submissions)  # the files are there: it is laid out for its cells alone
    assert returning.cells(report, submissions) == {"softmax": {1: "hw.ipynb"}}
    assert len(stand.pressed) == 2
    returning.give_back(student(exercise(notebook=None)), [handed_in(b"", "softmax.py")])
    stand.error = NotDone("it could not be laid out")
    assert returning.cells(report, submissions) == {}


def test_what_came_back_of_an_earlier_notebook_goes(returning, stand, tmp_path):
    returning.give_back(student(exercise()), [handed_in(b"{}")])
    (tmp_path / "students/ada/report.json").write_text("{}")
    (tmp_path / "students/ada/mine.ipynb").write_text("{}")
    returning.give_back(student(exercise(notebook=used("b.ipynb"))), [handed_in(b"{}", "b.ipynb")])
    assert there(tmp_path) == ["b.graded.html", "b.graded.ipynb", "mine.ipynb", "report.json"]
    returning.give_back(student(exercise(notebook=None)), [handed_in(b"", "softmax.py")])
    assert there(tmp_path) == ["mine.ipynb", "report.json"]


def test_one_that_cannot_come_back_is_a_sentence_and_leaves_nothing_of_before(returning, stand, tmp_path):
    returning.give_back(student(exercise()), [handed_in(b"{}")])
    stand.error = NotDone("it could not be laid out")
    (said,) = returning.give_back(student(exercise("softmax", raised(2))), [handed_in(b"{}")])
    assert said == "hw.ipynb comes back without feedback in it: it could not be laid out."
    assert there(tmp_path) == []
    assert returning.problem == ""


def test_where_none_can_be_pressed_it_is_tried_once(returning, stand, tmp_path):
    stand.error = IsolationError("No walls here.")
    assert len(returning.give_back(student(exercise()), [handed_in(b"{}")])) == 1
    assert returning.problem == "No walls here."
    stand.error = None
    (said,) = returning.give_back(student(exercise()), [handed_in(b"{}")])
    assert (
        said == "hw.ipynb comes back without feedback in it: no notebook could be laid out on this machine."
    )
    assert stand.pressed == []


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.ipynb", "a" * 300 + ".ipynb", "\u202egpj.ipynb", ".ipynb", "con\n.ipynb", "<b>.ipynb"],
)
def test_any_name_gives_a_safe_one(returning, tmp_path, name):
    returning.give_back(student(exercise(notebook=used(name))), [handed_in(b"{}", name)])
    first, second = there(tmp_path)
    assert FILES.fullmatch(first)
    assert FILES.fullmatch(second)
    assert len(first.encode()) < 120
    assert first.isprintable()
    assert [path.name for path in tmp_path.iterdir()] == ["students"]


def test_two_notebooks_never_share_a_name():
    books = [
        Book(name, bytes([n]), ()) for n, name in enumerate(["a.ipynb", "A.ipynb", "a.ipynb", "b.ipynb"])
    ]
    assert [name for _, name in named(books)] == ["a", "A-2", "a-3", "b"]


def test_what_would_be_written_through_is_replaced(returning, tmp_path):
    own, secret = tmp_path / "students" / "ada", tmp_path / "secret"
    own.mkdir(parents=True)
    secret.write_text("mine")
    (own / "hw.graded.html").symlink_to(secret)
    returning.give_back(student(exercise()), [handed_in(b"{}")])
    assert secret.read_text() == "mine"
    assert not (own / "hw.graded.html").is_symlink()
    assert json.loads((own / "hw.graded.ipynb").read_bytes()) == {}
