"""A notebook goes over the wall and comes back; whatever it does to its worker is one sentence."""

import json
import os
import signal

import nbformat
import pytest

from grader.errors import IsolationError
from grader.press import Book, NotDone, Press
from grader.press import press as pressing
from grader.sandbox.policy import Confinement
from grader.student.errands import ErrandLimits
from grader.student.line import Line
from grader.verdicts import Layer
from tests.grader.press.reports import exercise, raised
from tests.grader.worker.press.books import PNG, book, code, printed, shown, text

CONTENT = book(
    text("# Softmax"),
    code("import torch", printed("ready\n")),
    code("def softmax(x):\n    return 1 / 0", shown(image__png=PNG, text__html="<script>alert(1)</script>")),
    code("softmax(3)"),
)


def of(content, *tests):
    return Book("hw.ipynb", content, (exercise("softmax", *(tests or (raised(2),))),))


def test_the_feedback_stands_under_the_code(press):
    graded = press.press(of(CONTENT), "Deep Learning: ada")
    found = json.loads(graded.notebook)
    nbformat.validate(found)
    kinds = [cell["metadata"].get("tags", [cell["cell_type"]])[0] for cell in found["cells"]]
    assert kinds == ["grader-feedback", "markdown", "code", "code", "grader-feedback", "code"]
    assert "ValueError" in found["cells"][4]["source"]
    html = graded.page.decode()
    assert html.index("return</span>") < html.index("ValueError") < html.index('id="cell-3"')
    assert "alert" not in html
    assert graded.cells == {1: "import torch", 2: "def softmax(x):\n    return 1 / 0", 3: "softmax(3)"}
    assert "alert" not in graded.notebook.decode()
    assert f"data:image/png;base64,{PNG}" in html


def test_an_exceptions_message_is_text_in_both(press):
    evil = "``` </code></pre><script>alert(1)</script> [x](javascript:alert(1)) <!-- \x1b[2J\u202e"
    graded = press.press(of(CONTENT, raised(2, message=evil)), evil)
    html = graded.page.decode()
    assert "<script" not in html
    assert "<!--" not in html
    assert "\u202e" not in html
    assert 'href="javascript' not in html
    assert html.count("<section") == 6
    said = json.loads(graded.notebook)["cells"][4]["source"]
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_it_is_started_by_the_first_notebook_and_gone_at_the_end():
    with Press(Confinement()) as press:
        assert not press.started
        press.press(of(CONTENT), "")
        assert press.started
    assert not press.started


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"nothing", "cannot be read as a notebook"),
        (book(*[code("x")] * 5001), "more than 5,000 cells"),
    ],
)
def test_what_is_no_notebook_is_said(press, content, why):
    with pytest.raises(NotDone, match=why):
        press.press(of(content), "")


def test_one_that_takes_too_long_is_ended_and_the_next_one_comes_back(press, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(pressing, "SECONDS", 0.0)
        with pytest.raises(NotDone, match="took longer than 0 s"):
            press.press(of(CONTENT), "")
    assert press.press(of(CONTENT), "").notebook


def test_one_whose_page_is_too_large(press, monkeypatch):
    monkeypatch.setattr(press._errands, "limits", ErrandLimits(return_mb=0))
    with pytest.raises(NotDone, match="larger than 0 MiB"):
        press.press(of(CONTENT), "")


def test_one_that_takes_too_much_memory(press, monkeypatch):
    monkeypatch.setattr(press._errands, "limits", ErrandLimits(return_mb=64, memory_mb=8))
    with pytest.raises(NotDone):
        press.press(of(book(*[code("x = 1\n" * 500)] * 900)), "")


def test_a_worker_that_dies_is_a_sentence(press, monkeypatch):
    ask = Line.ask

    def dies(self, batch):
        os.kill(self.pid, signal.SIGKILL)
        ask(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(Line, "ask", dies)
        with pytest.raises(NotDone, match="did not end well"):
            press.press(of(CONTENT), "")
    assert press.press(of(CONTENT), "").page


def test_without_the_layers_that_are_asked_for_nothing_is_pressed(monkeypatch):
    wall = Confinement(wanted=frozenset({Layer.RLIMITS}), required=frozenset({Layer.SECCOMP}))
    with Press(wall) as press, pytest.raises(IsolationError):
        press.press(of(CONTENT), "")
