"""From what happened to the finding that says so."""

import typing

import pytest

from grader.findings import (
    BrokeProtocol,
    Crashed,
    ExceptionRaised,
    Frame,
    NotImplementedYet,
    OutOfMemory,
    SyntaxProblem,
    UnreadableFile,
)
from grader.student.failures import VERDICTS, StudentFailed, died, missing_entry_point, not_loaded, raised
from grader.verdicts import Blame, Verdict
from grader.wire.messages import Ended, ExceptionInfo, FrameInfo, LoadFailed

STUB = FrameInfo("work.py", 3, "f", "raise NotImplementedError")
LINE = FrameInfo("work.py", 3, "f", "return x.half() @ y")


def info(type_, message="", *bases, frames=(LINE,)):
    return ExceptionInfo(type_, (type_, *bases, "Exception"), message, tuple(frames))


@pytest.mark.parametrize(
    ("exception", "kind"),
    [
        (info("ValueError", "no"), ExceptionRaised),
        (info("MemoryError"), OutOfMemory),
        (info("_ArrayMemoryError", "Unable to allocate", "MemoryError"), OutOfMemory),
        (info("OutOfMemoryError", "CUDA out of memory.", "RuntimeError"), OutOfMemory),
        (info("RuntimeError", "DefaultCPUAllocator: can't allocate memory: you tried"), OutOfMemory),
        (info("RuntimeError", "DefaultCPUAllocator: not enough memory: you tried"), OutOfMemory),
        (info("RuntimeError", "std::bad_alloc"), OutOfMemory),
        (info("RuntimeError", "shapes do not fit"), ExceptionRaised),
        (info("ValueError", "I am out of memory of your name"), ExceptionRaised),
        (info("NotImplementedError", "", "RuntimeError", frames=[LINE, STUB]), NotImplementedYet),
        (
            info("Todo", "", "NotImplementedError", frames=[FrameInfo("cell 2", 1, "f", "")]),
            NotImplementedYet,
        ),
        (info("NotImplementedError", "not implemented for 'Half'", "RuntimeError"), ExceptionRaised),
        (info("NotImplementedError", "", "RuntimeError", frames=[]), ExceptionRaised),
    ],
)
def test_exceptions(exception, kind):
    found = raised(exception, "f(1)", "f", 300)
    assert type(found) is kind
    assert found.call == "f(1)"


def test_an_exception_keeps_its_message_and_lines():
    found = raised(info("ValueError", "no"), "f()", "f", 300)
    assert (found.type, found.message) == ("ValueError", "no")
    assert found.frames == (Frame(file="work.py", line=3, function="f", text="return x.half() @ y"),)


@pytest.mark.parametrize(
    ("ended", "finding"),
    [
        (None, Crashed(call="f()", how="the process above it was killed")),
        (Ended(1, 3 << 8, 0, 10), Crashed(call="f()", how="exit status 3")),
        (Ended(1, 11, 0, 10), Crashed(call="f()", how="signal SIGSEGV")),
        (Ended(1, 6 | 128, 0, 10), Crashed(call="f()", how="signal SIGABRT")),
        (Ended(1, 9, 0, 10), Crashed(call="f()", how="signal SIGKILL")),
        (Ended(1, 9, 0, 95), OutOfMemory(call="f()", limit_mb=100)),
        (Ended(1, 11, 0, 95), Crashed(call="f()", how="signal SIGSEGV")),
        (Ended(1, 44, 0, 10), Crashed(call="f()", how="signal 44")),
        (Ended(1, 2**70, 0, 10), Crashed(call="f()", how="exit status 0")),
    ],
)
def test_deaths(ended, finding):
    assert died(ended, "f()", 100) == finding


def test_a_worker_that_cut_itself_off_broke_the_protocol():
    assert isinstance(died(Ended(1, None, 0, 10), "f()", 100), BrokeProtocol)


EXPECTED = ("work.py", "work.ipynb")


@pytest.mark.parametrize("reason", ["empty", "encoding", "notebook"])
def test_files_that_cannot_be_read(reason):
    found = not_loaded(LoadFailed(1, reason, "work.py", "line 3", None), EXPECTED, 100)
    assert found == UnreadableFile(file="work.py", reason=reason, detail="line 3")


@pytest.mark.parametrize("reason", ["syntax", "exception"])
def test_a_failure_without_its_exception_is_an_unreadable_file(reason):
    found = not_loaded(LoadFailed(1, reason, "work.py", "", None), EXPECTED, 100)
    assert (type(found), found.reason) == (UnreadableFile, "unreadable")


def test_files_that_are_not_there():
    found = not_loaded(LoadFailed(1, "missing", "Work.ipynb", "", None), EXPECTED, 100)
    assert (found.expected, found.near) == (EXPECTED, "Work.ipynb")
    assert not_loaded(LoadFailed(1, "missing", "", "", None), EXPECTED, 100).near is None


def test_a_syntax_error_without_a_line_is_on_the_first():
    found = not_loaded(
        LoadFailed(1, "syntax", "work.py", "", info("SyntaxError", "null byte", frames=[])), EXPECTED, 1
    )
    assert found == SyntaxProblem(message="null byte", frame=Frame(file="work.py", line=1, function=""))


def test_a_stub_at_import_is_an_exception_and_memory_is_memory():
    stub = info("NotImplementedError", frames=[STUB])
    found = not_loaded(LoadFailed(1, "exception", "work.py", "", stub), EXPECTED, 1)
    assert (type(found), found.call, found.type) == (ExceptionRaised, "import", "NotImplementedError")
    hungry = LoadFailed(1, "exception", "work.py", "", info("MemoryError"))
    assert type(not_loaded(hungry, EXPECTED, 1)) is OutOfMemory


@pytest.mark.parametrize(
    ("names", "near"),
    [
        (("Softmax", "other"), "Softmax"),
        (("soft_max",), "soft_max"),
        (("sofmax",), "sofmax"),
        (("relu",), None),
        ((), None),
    ],
)
def test_near_names(names, near):
    assert missing_entry_point("softmax", "softmax.py", names).near == near


def test_every_finding_made_here_has_a_verdict():
    for function in (raised, died, not_loaded, missing_entry_point):
        returned = typing.get_type_hints(function)["return"]
        assert returned is not None
    failure = StudentFailed(OutOfMemory(limit_mb=1))
    assert (failure.verdict, failure.blame, str(failure)) == (
        Verdict.OUT_OF_MEMORY,
        Blame.STUDENT,
        "out-of-memory",
    )
    assert Verdict.PASSED not in VERDICTS.values()


def test_what_a_worker_can_send_without_end_is_cut():
    many = [FrameInfo("work.py", line, "f", "") for line in range(1, 1001)]
    found = raised(info("ValueError", frames=many), "f()", "f", 1)
    assert [frame.line for frame in found.frames] == list(range(981, 1001))
    assert missing_entry_point("softmax", "work.py", ["other"] * 1000 + ["softmaxx"]).near is None
