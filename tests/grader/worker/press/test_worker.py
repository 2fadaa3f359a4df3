"""The zygote that presses: it has nbconvert and not torch, and its workers answer what they are for."""

import os

import pytest

from grader.wire.messages import Call, Load, Note, NotPressed, Packed, Press, Pressed, Probe
from tests.grader.worker.driver import Worker, shared
from tests.grader.worker.press.books import book, code, text


@pytest.fixture
def worker(tmp_path):
    worker = Worker(shared("--trade=pressing"), tmp_path)
    yield worker
    worker.close()


def test_one_notebook_after_another(worker):
    for number in (1, 2):
        answer = worker.ask(Press(number, book(text("# hi"), code("a = 1")), (Note(1, "well done"),)))
        assert isinstance(answer, Pressed)
        assert [cell.kind for cell in answer.cells] == ["text", "code", "note"]
        assert b"well done" in bytes(worker.payload)


def test_nothing_of_torch_or_of_a_course_is_loaded(worker):
    """What the process has mapped says it: it can't be asked for its modules."""
    with open(f"/proc/{worker.pid}/maps") as file:
        mapped = file.read()
    assert "zmq" in mapped  # which comes with nbconvert
    assert "torch" not in mapped
    assert "pydantic_core" not in mapped


def test_it_runs_nothing(worker):
    assert worker.ask(Load(1, ("a.py",), (), ())) == NotPressed(1, "notebook")
    call = Call(2, None, "f", Packed(()), Packed(()), "cpu", False, False, None, ())
    assert worker.ask(call) == NotPressed(2, "notebook")


def test_its_walls_can_be_probed(worker):
    probed = worker.ask(Probe(3, "read", (os.path.abspath(__file__),)))
    assert not probed.held  # the layers of this test's zygote leave files in sight
