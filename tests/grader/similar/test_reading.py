"""Code goes over the wall and comes back as numbers; whatever it does to its worker is one sentence."""

import os
import signal

import pytest

from grader.errors import IsolationError
from grader.sandbox.policy import Confinement
from grader.similar import reading
from grader.similar.given import handed_out
from grader.similar.reading import MOST_TOKENS, Reader
from grader.student.line import Line
from grader.submission import SubmittedFile
from grader.verdicts import Layer


def read(reader, content, name="a.py"):
    return reader.joined([SubmittedFile(name, content)], ("f",))


def test_files_follow_one_another(reader):
    code = reader.joined([SubmittedFile("a.py", b"x = 1\n"), SubmittedFile("b.py", b"\ny = 2")])
    assert [(part.file, part.cell, part.lines) for part in code.parts] == [
        ("a.py", 0, ("x = 1",)),
        ("b.py", 0, ("", "y = 2")),
    ]
    assert {tuple(place) for place in code.places} == {(0, 1), (1, 2)}
    assert len(code.tokens) == len(code.places)
    assert code.notes == ()


LONG = b"x" * (5 << 20)

HOSTILE = {
    "one long line": (
        "a.py",
        LONG,
        "a.py is not compared: it has more code than anybody writes.",
    ),
    "zeros": ("a.py", b"x = 1\0", "a.py is not compared: it is not text."),
    "no notebook": ("a.ipynb", b"[[[[", "a.ipynb is not compared: it cannot be read as a notebook."),
    "deep brackets": (
        "a.py",
        b"x = " + b"(" * 90_000,
        "a.py is compared only as far as it can be read as Python.",
    ),
    "bytes that are no text": (
        "a.py",
        b"x = 1\n\xff\xff(\n",
        "a.py is compared only as far as it can be read as Python.",
    ),
}


@pytest.mark.parametrize(("name", "content", "note"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_end_in_a_note(name, content, note, reader):
    assert read(reader, content, name).notes == (note,)
    assert read(reader, b"x = 1\n").notes == ()


def test_there_is_an_end_to_many_files(reader):
    files = [SubmittedFile(f"m{n}.py", b"x = y + z\n" * 1000) for n in range(6)]
    code = reader.joined(files)
    assert len(code.tokens) == len(code.places) == MOST_TOKENS
    assert max(place.part for place in code.places) < len(code.parts)


def test_a_worker_that_dies_costs_only_this_file(reader, monkeypatch):
    ask = Line.ask

    def killed(line, requests):
        os.kill(line.pid, signal.SIGKILL)
        return ask(line, requests)

    with monkeypatch.context() as patch:
        patch.setattr(Line, "ask", killed)
        assert read(reader, b"x = 1").notes == ("a.py is not compared: reading it did not end well.",)
    assert read(reader, b"x = 1").tokens


def test_a_worker_that_takes_too_long_costs_only_this_file(reader, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(reading, "SECONDS", 0.0)
        assert read(reader, b"x = 1").notes == ("a.py is not compared: reading it took longer than 0 s.",)
    assert read(reader, b"x = 1").tokens


def test_lines_that_there_are_not_are_no_answer(reader, monkeypatch):
    class Lying(list):
        def tolist(self):
            return [1, 99]

    with monkeypatch.context() as patch:
        patch.setattr(reading, "array", lambda kind, data: Lying())
        assert read(reader, b"x = 1").notes == ("a.py is not compared: reading it did not end well.",)
    assert read(reader, b"x = 1").tokens


def test_each_student_has_a_worker_of_their_own(reader):
    read(reader, b"x = 1")
    first = reader._errands.worker
    read(reader, b"x = 2")
    assert reader._errands.worker is first
    reader.next_student()
    read(reader, b"x = 1")
    assert reader._errands.worker is not first


def test_nothing_is_read_where_the_wall_cannot_be_had():
    demanded = Confinement(frozenset(), frozenset({Layer.SECCOMP}))
    with Reader(demanded) as reader, pytest.raises(IsolationError):
        read(reader, b"x = 1")


def test_blocks_of_the_handout_and_the_hints_are_given(course, reader, tmp_path):
    page = tmp_path / "README.md"
    page.write_text("Text.\n\n```python\ntotal = sum(x * y for x, y in zip(first, second))\n```\n\nMore.\n")
    exercise = course.exercise("softmax").model_copy(update={"handout": page})
    more = handed_out(reader, exercise) - handed_out(reader, course.exercise("softmax"))
    assert more
    assert handed_out(reader, course.exercise("softmax"))
