"""`grader grade` gives notebooks back; judging is a stand-in, the press is the real one."""

import json
from pathlib import Path
from typing import Any

import pytest

from grader.errors import IsolationError
from grader.press import Press
from grader.student.errands import Errands
from tests.grader.cli.a_batch import Batch
from tests.grader.worker.press.books import book, code, text


@pytest.fixture
def notebooks(klass: Path) -> Path:
    """Bob hands in a notebook, Eve one that is none."""
    students = klass / "submissions"
    (students / "bob" / "softmax.py").unlink()
    content = book(text("# Mine"), code("def softmax(x):\n    return x"))
    (students / "bob" / "softmax.ipynb").write_bytes(content)
    (students / "eve").mkdir()
    (students / "eve" / "softmax.ipynb").write_text('{"cells": [')
    return klass


def graded(folder: Path, student: str) -> list[str]:
    return sorted(path.name for path in (folder / "reports" / "students" / student).glob("*.graded.*"))


def notes(folder: Path, student: str) -> list[str]:
    report = (folder / "reports" / "students" / student / "report.json").read_bytes()
    return list(json.loads(report)["notes"])


def test_they_come_back_and_marks_are_what_they_were(run: Any, notebooks: Path, batch: Batch) -> None:
    said = run("grade", "submissions", "--out", "reports")
    assert (said.code, said.err) == (0, "")
    assert graded(notebooks, "bob") == ["softmax.graded.html", "softmax.graded.ipynb"]
    assert graded(notebooks, "ada") == graded(notebooks, "eve") == []
    assert notes(notebooks, "bob") == []
    assert notes(notebooks, "eve") == [
        "softmax.ipynb comes back without feedback in it: it cannot be read as a notebook."
    ]
    assert [line.split()[:2] for line in said.out.splitlines() if line.startswith("eve")] == [["eve", "2"]]
    report = notebooks / "reports" / "students" / "bob"
    cells = json.loads((report / "softmax.graded.ipynb").read_bytes())["cells"]
    assert "2 of 2 points" in cells[0]["source"]


def test_only_what_a_student_may_see_is_in_them(run: Any, notebooks: Path, batch: Batch) -> None:
    batch.good, batch.output = lambda source: False, "printed in a hidden test"
    run("grade", "submissions", "--out", "reports")
    report = notebooks / "reports" / "students" / "bob"
    assert batch.output in (report / "report.json").read_text()
    for name in graded(notebooks, "bob"):
        said = (report / name).read_text()
        assert "grader-fault" in said
        assert batch.output not in said


def test_typed_again_nothing_is_pressed_again(
    run: Any, notebooks: Path, batch: Batch, monkeypatch: Any
) -> None:
    run("grade", "submissions", "--out", "reports")
    page = notebooks / "reports" / "students" / "bob" / "softmax.graded.html"
    before = page.stat().st_mtime_ns
    pressed: list[str] = []
    press = Press.press

    def counted(self: Press, book: Any, heading: str) -> Any:
        pressed.append(book.name)
        return press(self, book, heading)

    monkeypatch.setattr(Press, "press", counted)
    run("grade", "submissions", "--out", "reports")
    assert page.stat().st_mtime_ns == before
    assert pressed == ["softmax.ipynb"]  # Eve's, of which there is nothing to find
    (notebooks / "submissions" / "bob" / "softmax.ipynb").write_bytes(book(code("softmax = abs")))
    run("grade", "submissions", "--out", "reports")
    assert page.stat().st_mtime_ns != before


def test_a_class_without_notebooks_never_starts_the_press(
    run: Any, klass: Path, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(self: Errands) -> None:
        raise AssertionError("nobody handed in a notebook")

    monkeypatch.setattr(Errands, "_ready", started)
    assert run("grade", "submissions", "--out", "reports").code == 0


def test_where_none_can_be_pressed_the_marks_are_there_and_a_warning(
    run: Any, notebooks: Path, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(self: Errands) -> None:
        raise IsolationError("A layer is missing.")

    monkeypatch.setattr(Errands, "_ready", refuses)
    said = run("grade", "submissions", "--out", "reports")
    assert said.code == 0
    assert said.err == "warning: No notebook comes back with feedback in it: A layer is missing.\n"
    assert graded(notebooks, "bob") == []
    assert len(notes(notebooks, "bob")) == 1


def test_ctrl_c_in_the_press_stops_the_run_and_it_goes_on(
    run: Any, notebooks: Path, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Errands) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Errands, "_ready", interrupted)
        said = run("grade", "submissions", "--out", "reports")
    assert said.code != 0
    assert "goes on from there" in said.err
    assert run("grade", "submissions", "--out", "reports").code == 0
    assert graded(notebooks, "bob") == ["softmax.graded.html", "softmax.graded.ipynb"]


def test_the_students_page_leads_to_the_notebook(run: Any, notebooks: Path, batch: Batch) -> None:
    run("grade", "submissions", "--out", "reports")
    students = notebooks / "reports" / "students"
    assert 'href="./softmax.graded.html"' in (students / "bob" / "report.html").read_text()
    for other in ("ada", "eve"):  # a file of code, and a notebook that did not come back
        assert ".graded.html" not in (students / other / "report.html").read_text()
