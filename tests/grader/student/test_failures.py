"""From what happened to the finding that says so."""

import typing

import pytest

from grader.course.manifest import Limits
from grader.findings import (
    BrokeProtocol,
    Crashed,
    DeviceFault,
    DeviceOutOfMemory,
    ExceptionRaised,
    FileTooLarge,
    Frame,
    GraderFault,
    NotImplementedYet,
    OutOfMemory,
    ScratchFull,
    SyntaxProblem,
    TimedOut,
    TooManyOpenFiles,
    TooManyProcesses,
    TooMuchOutput,
    UnreadableFile,
)
from grader.student.evidence import Evidence
from grader.student.failures import (
    VERDICTS,
    StudentFailed,
    died,
    missing_entry_point,
    not_loaded,
    overdue,
    raised,
)
from grader.submission import SubmittedFile
from grader.verdicts import Blame, Verdict
from grader.wire.messages import Ended, ExceptionInfo, FrameInfo, LoadFailed

LIMITS = Limits(memory_mb=100, processes=20, open_files=70, file_mb=3, scratch_mb=4, device_memory_mb=9)
SOURCE = b"import torch\ndef f(x):\n    return x.half() @ y\n    raise NotImplementedError\n"
WORK = Evidence([SubmittedFile("work.py", SOURCE), SubmittedFile("Work.ipynb", b"{}")])

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
        (info("OutOfMemoryError", "CUDA out of memory.", "RuntimeError"), DeviceOutOfMemory),
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
    found = raised(exception, "f(1)", "f", LIMITS, WORK)
    assert type(found) is kind
    assert found.call == "f(1)"


def test_an_exception_keeps_its_message_and_lines():
    found = raised(info("ValueError", "no"), "f()", "f", LIMITS, WORK)
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
        (Ended(1, 9, 0, 10, oom_kills=1), OutOfMemory(call="f()", limit_mb=100)),
        (Ended(1, 3 << 8, 0, 10, oom_kills=1), OutOfMemory(call="f()", limit_mb=100)),
        (Ended(1, None, 0, 10, oom_kills=1), OutOfMemory(call="f()", limit_mb=100)),
        (Ended(1, 1 << 8, 0, 10, refused_processes=3), TooManyProcesses(call="f()", limit=20)),
        (Ended(1, 6, 0, 10, refused_processes=3), TooManyProcesses(call="f()", limit=20)),
        (Ended(1, 9, 0, 10, 1, 3), OutOfMemory(call="f()", limit_mb=100)),
        (Ended(1, 25, 0, 10), FileTooLarge(call="f()", limit_mb=3)),
        (Ended(1, 7, 0, 10), Crashed(call="f()", how="signal SIGBUS")),
    ],
)
def test_deaths(ended, finding):
    assert died(ended, "f()", LIMITS) == finding


GOMP = "x\nlibgomp: Thread creation failed: Resource temporarily unavailable\n"
ALLOC = "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n"

KERNEL = (
    "terminate called after throwing an instance of 'c10::Error'\n"
    "  what():  CUDA error: an illegal memory access was encountered\n"
)
FULL = "terminate called after throwing an instance of 'c10::Error'\n  what():  CUDA error: out of memory\n"


@pytest.mark.parametrize(
    ("ended", "said", "finding"),
    [
        (Ended(1, 1 << 8, 0, 10), GOMP, TooManyProcesses(call="f()", limit=20)),
        (Ended(1, 1 << 8, 0, 10), ALLOC, Crashed(call="f()", how="exit status 1")),
        (Ended(1, 6, 0, 10), GOMP, TooManyProcesses(call="f()", limit=20)),
        (Ended(1, 6, 0, 10), ALLOC, OutOfMemory(call="f()", limit_mb=100)),
        (Ended(1, 6, 0, 10), "assertion failed", Crashed(call="f()", how="signal SIGABRT")),
        (Ended(1, 11, 0, 10), ALLOC, OutOfMemory(call="f()", limit_mb=100)),
        (Ended(1, 6, 0, 10), KERNEL, DeviceFault(call="f()", how="illegal memory access")),
        (Ended(1, 6, 0, 10), FULL, DeviceOutOfMemory(call="f()", limit_mb=9)),
        (Ended(1, 15, 0, 10), ALLOC, Crashed(call="f()", how="signal SIGTERM")),
    ],
)
def test_libraries_say_why_they_end_the_process(ended, said, finding):
    assert died(ended, "f()", LIMITS, said=said) == finding


def test_who_cannot_see_the_zygote_has_not_killed_it():
    found = died(None, "f()", LIMITS, sealed=True)
    assert isinstance(found, GraderFault)
    assert "was killed" in found.detail
    failure = StudentFailed(found)
    assert (failure.verdict, failure.blame) == (Verdict.ERROR, Blame.GRADER)
    assert StudentFailed(died(None, "f()", LIMITS)).blame is Blame.STUDENT


def test_no_exit_status_blames_the_grader():
    """From the first line of student code on, the status is the student's to choose."""
    for status in range(256):
        assert isinstance(died(Ended(1, status << 8, 0, 10), "f()", LIMITS), Crashed)


def test_waiting_for_a_child_that_was_killed_for_memory_is_no_endless_loop():
    late = TimedOut(call="f()", what="call", seconds=1)
    assert overdue(Ended(1, None, 0, 10), late, LIMITS) == late
    assert overdue(None, late, LIMITS) == late
    assert overdue(Ended(1, None, 0, 10, oom_kills=1), late, LIMITS) == OutOfMemory(call="f()", limit_mb=100)


LOADER = "Caught RuntimeError in DataLoader worker process 0.\nOriginal Traceback ...\nRuntimeError: "
SHM = "unable to allocate shared memory(shm) for file </torch_1_2_0>: No space left on device (28)"


@pytest.mark.parametrize(
    ("type_", "bases", "message", "kind"),
    [
        ("BlockingIOError", ("OSError",), "[Errno 11] Resource temporarily unavailable", TooManyProcesses),
        ("RuntimeError", (), "can't start new thread", TooManyProcesses),
        ("OSError", (), "[Errno 24] Too many open files: '/dev/null'", TooManyOpenFiles),
        (
            "RuntimeError",
            (),
            "unable to open shared memory object </torch_1_2> in read-write mode: Too many open files (24)",
            TooManyOpenFiles,
        ),
        ("OSError", (), "[Errno 28] No space left on device", ScratchFull),
        ("OSError", (), "Not enough free space to write 24000000 bytes after offset 128", ScratchFull),
        ("RuntimeError", (), SHM, ScratchFull),
        ("RuntimeError", (), LOADER + SHM, ScratchFull),
        (
            "RuntimeError",
            (),
            "DataLoader worker (pid 7) is killed by signal: Bus error. It is possible that",
            ScratchFull,
        ),
        ("OSError", (), "[Errno 27] File too large", FileTooLarge),
        ("OSError", (), "3000000 requested and 524272 written", FileTooLarge),
        (
            "RuntimeError",
            (),
            "[enforce fail at inline_container.cc:672] . unexpected pos 576 vs 534",
            FileTooLarge,
        ),
        (
            "RuntimeError",
            (),
            "unable to resize file </torch_1_2_0> to the right size: File too large (27)",
            FileTooLarge,
        ),
        ("OSError", (), "[Errno 12] Cannot allocate memory", OutOfMemory),
        ("RuntimeError", (), "DataLoader worker (pid 7) is killed by signal: Killed. ", OutOfMemory),
        ("RuntimeError", (), "CUDA error: out of memory\nCUDA kernel errors might", DeviceOutOfMemory),
        ("AcceleratorError", ("RuntimeError",), "CUDA error: out of memory", DeviceOutOfMemory),
        ("RuntimeError", (), "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling", DeviceOutOfMemory),
        ("Mine", ("OSError",), "[Errno 28] No space left on device", ScratchFull),
        ("ValueError", (), "[Errno 28] No space left on device", ExceptionRaised),
        ("OSError", (), "[Errno 2] No such file or directory: 'x'", ExceptionRaised),
        ("RuntimeError", (), "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", ExceptionRaised),
    ],
)
def test_limits_by_what_the_system_says(type_, bases, message, kind):
    found = raised(info(type_, message, *bases), "f()", "f", LIMITS, WORK)
    assert type(found) is kind
    numbers = {
        OutOfMemory: 100, TooManyProcesses: 20, TooManyOpenFiles: 70, FileTooLarge: 3, ScratchFull: 4,
        DeviceOutOfMemory: 9,
    }  # fmt: skip
    if kind in numbers:
        assert numbers[kind] == getattr(found, "limit", None) or found.limit_mb == numbers[kind]


@pytest.mark.parametrize(
    ("message", "how"),
    [
        ("CUDA error: an illegal memory access was encountered\nCUDA kernel", "illegal memory access"),
        ("CUDA error: device-side assert triggered\nCompile with", "assertion on the device"),
        ("CUDA error: misaligned address", "misaligned address"),
        ("CUDA error: unspecified launch failure", "launch failure"),
        ("CUDA error: an illegal instruction was encountered", "illegal instruction"),
        ("CUDA error: the launch timed out and was terminated", "launch timeout"),
        ("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm(`", "launch failure"),
    ],
)
@pytest.mark.parametrize(("type_", "bases"), [("RuntimeError", ()), ("AcceleratorError", ("RuntimeError",))])
def test_a_device_that_broke_off_is_told_by_what_cuda_says(message, how, type_, bases):
    found = raised(info(type_, message, *bases), "f()", "f", LIMITS, WORK)
    assert found == DeviceFault(call="f()", how=how)
    assert StudentFailed(found).verdict is Verdict.CRASHED


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("RuntimeError", "CUDA error: invalid argument"),  # the device goes on working
        ("RuntimeError", "a launch failure of my rocket"),
        ("ValueError", "CUDA error: device-side assert triggered"),
    ],
)
def test_what_only_sounds_like_it_is_an_exception(type_, message):
    assert isinstance(raised(info(type_, message), "f()", "f", LIMITS, WORK), ExceptionRaised)


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        (OutOfMemory(limit_mb=1), Verdict.OUT_OF_MEMORY),
        (DeviceOutOfMemory(limit_mb=1), Verdict.OUT_OF_MEMORY),
        (TooManyProcesses(limit=1), Verdict.ERROR),
        (TooManyOpenFiles(limit=1), Verdict.ERROR),
        (FileTooLarge(limit_mb=1), Verdict.ERROR),
        (ScratchFull(limit_mb=1), Verdict.ERROR),
        (TooMuchOutput(limit_mb=1), Verdict.CRASHED),
    ],
)
def test_memory_alone_is_out_of_memory(finding, verdict):
    failure = StudentFailed(finding)
    assert (failure.verdict, failure.blame) == (verdict, Blame.STUDENT)


def test_a_worker_that_cut_itself_off_broke_the_protocol():
    assert isinstance(died(Ended(1, None, 0, 10), "f()", LIMITS), BrokeProtocol)


EXPECTED = ("work.py", "work.ipynb")


@pytest.mark.parametrize("reason", ["empty", "encoding", "notebook"])
def test_files_that_cannot_be_read(reason):
    found = not_loaded(LoadFailed(1, reason, "work.py", "line 3", None), EXPECTED, LIMITS, WORK)
    assert found == UnreadableFile(file="work.py", reason=reason, detail="line 3")


@pytest.mark.parametrize("reason", ["syntax", "exception"])
def test_a_failure_without_its_exception_is_an_unreadable_file(reason):
    found = not_loaded(LoadFailed(1, reason, "work.py", "", None), EXPECTED, LIMITS, WORK)
    assert (type(found), found.reason) == (UnreadableFile, "unreadable")


def test_files_that_are_not_there():
    found = not_loaded(LoadFailed(1, "missing", "Work.ipynb", "", None), EXPECTED, LIMITS, WORK)
    assert (found.expected, found.near) == (EXPECTED, "Work.ipynb")
    assert not_loaded(LoadFailed(1, "missing", "", "", None), EXPECTED, LIMITS, WORK).near is None


def test_a_syntax_error_without_a_line_is_on_the_first():
    found = not_loaded(
        LoadFailed(1, "syntax", "work.py", "", info("SyntaxError", "null byte", frames=[])),
        EXPECTED,
        LIMITS,
        WORK,
    )
    assert found == SyntaxProblem(message="null byte", frame=Frame(file="work.py", line=1, function=""))


def test_a_stub_at_import_is_an_exception_and_memory_is_memory():
    stub = info("NotImplementedError", frames=[STUB])
    found = not_loaded(LoadFailed(1, "exception", "work.py", "", stub), EXPECTED, LIMITS, WORK)
    assert (type(found), found.call, found.type) == (ExceptionRaised, "import", "NotImplementedError")
    hungry = LoadFailed(1, "exception", "work.py", "", info("MemoryError"))
    assert type(not_loaded(hungry, EXPECTED, LIMITS, WORK)) is OutOfMemory


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
    many = [FrameInfo("work.py", line % 4, "f", "") for line in range(1000)]
    found = raised(info("ValueError", frames=many), "f()", "f", LIMITS, WORK)
    assert len(found.frames) == 20
    assert missing_entry_point("softmax", "work.py", ["other"] * 1000 + ["softmaxx"]).near is None
