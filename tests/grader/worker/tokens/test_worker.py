"""The zygote that makes tokens: it has a parser and not torch, and answers whatever is in a file."""

import os
from array import array

import pytest

from grader.wire.messages import Load, NotTokenised, Probe, Tokenise, Tokenised
from tests.grader.worker.driver import Worker, shared
from tests.grader.worker.notebook.books import book

CELLS = (
    "import torch\nx = torch.ones(3)",
    "def helper(x):\n    return x",
    "plot = 1\n\n\ndef f(x):\n    return helper(x)",
)


@pytest.fixture
def worker(tmp_path):
    worker = Worker(shared("--trade=tokenising"), tmp_path)
    yield worker
    worker.close()


def parts(worker, file, content, *entry_points):
    """Of each part its cell, its text, and the lines that its tokens stand in."""
    answer = worker.ask(Tokenise(1, file, content, entry_points))
    assert isinstance(answer, Tokenised)
    payload, found = bytes(worker.payload), []
    for part in answer.parts:
        text, payload = payload[: part.size], payload[part.size :]
        numbers, payload = array("I", payload[: 8 * part.tokens]), payload[8 * part.tokens :]
        found.append((part.cell, text.decode(), sorted(set(numbers[1::2]))))
    assert not payload
    return found


def test_a_module_is_one_part(worker):
    assert parts(worker, "a.py", b"# hi\r\nx = 1\r\n") == [(0, "# hi\nx = 1\n", [2])]


def test_of_a_notebook_what_is_needed_counts(worker):
    assert parts(worker, "a.ipynb", book(*CELLS), "f") == [(2, CELLS[1], [1, 2]), (3, CELLS[2], [4, 5])]


def test_a_notebook_without_the_entry_point_has_no_parts(worker):
    assert parts(worker, "a.ipynb", book(*CELLS), "g") == []


def test_a_broken_cell_that_looks_like_it_counts(worker):
    assert parts(worker, "a.ipynb", book("def g(x):\n    return (x"), "g") == [
        (1, "def g(x):\n    return (x", [1, 2])
    ]


HOSTILE = {
    "deep brackets": b"(" * 100_000,
    "deep signs": b"x = " + b"-" * 150_000 + b"1",
    "deep calls": b"f" + b"()" * 60_000,
    "deep blocks": b"".join(b" " * n + b"if x:\n" for n in range(150)),
    "bytes that are no text": b"x = 1\n\xff\xfe = 2\ny = 3\n",
    "an encoding that there is not": b"# coding: nothing\nx = 1\n",
    "lone surrogates": b"x = '\\ud800'\n\xed\xa0\x80 = 1\n",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_answered(worker, content):
    assert isinstance(worker.ask(Tokenise(1, "a.py", content, ())), Tokenised)
    assert parts(worker, "b.py", b"x = 1\n") == [(0, "x = 1\n", [1])]


REFUSED = {
    "no notebook": ("a.ipynb", b"[" * 100_000, "notebook"),
    "zeros": ("a.py", b"x = 1\0", "text"),
    "one long line": ("a.py", b"x" * (5 << 20), "size"),
    "a long cell": ("a.ipynb", book("def f(): return '" + "x" * (1 << 20) + "'"), "size"),
}


@pytest.mark.parametrize(("file", "content", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_compared(worker, file, content, reason):
    assert worker.ask(Tokenise(1, file, content, ("f",))) == NotTokenised(1, reason)


def test_nothing_of_torch_or_of_a_course_is_loaded(worker):
    with open(f"/proc/{worker.pid}/maps") as file:
        mapped = file.read()
    assert "torch" not in mapped
    assert "pydantic_core" not in mapped


def test_it_runs_nothing(worker):
    assert worker.ask(Load(1, ("a.py",), (), ())) == NotTokenised(1, "text")


def test_its_walls_can_be_probed(worker):
    assert not worker.ask(Probe(3, "read", (os.path.abspath(__file__),))).held  # this zygote has no walls
