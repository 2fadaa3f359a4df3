"""From what happened to a call to the finding that says so.

Each function takes plain data (an exception as text, a wait status, a message
that could not be loaded) and gives a finding; `StudentFailed` carries it to the
judge. Texts in them came from student code and stay hostile: renderers escape,
and reports leave out what must not be seen. That code can make itself look as
if it had gone over any limit, and gains nothing by it. A death of which student
code cannot be the cause is the grader's fault.
"""

import os
import signal
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Protocol

from grader.findings import (
    BrokeProtocol,
    Crashed,
    DeviceDiffers,
    DeviceFault,
    DeviceHow,
    DeviceOutOfMemory,
    ExceptionRaised,
    FileTooLarge,
    Finding,
    ForbiddenUsed,
    Frame,
    GraderFault,
    MissingEntryPoint,
    MissingFile,
    NotImplementedYet,
    NotRun,
    OutOfMemory,
    ReturnTooLarge,
    ScratchFull,
    SyntaxProblem,
    TimedOut,
    TooManyOpenFiles,
    TooManyProcesses,
    TooMuchOutput,
    TypeDiffers,
    UnreadableFile,
)
from grader.student.evidence import Evidence
from grader.student.familiar import kind_of
from grader.verdicts import Blame, Verdict
from grader.wire.messages import Ended, ExceptionInfo, LoadFailed

VERDICTS: dict[type, Verdict] = {
    BrokeProtocol: Verdict.CRASHED,
    Crashed: Verdict.CRASHED,
    DeviceDiffers: Verdict.WRONG_ANSWER,
    # Its worker is ended for it: nothing works on the device any more.
    DeviceFault: Verdict.CRASHED,
    DeviceOutOfMemory: Verdict.OUT_OF_MEMORY,
    ExceptionRaised: Verdict.ERROR,
    # What the system refuses is an error like any other; the worker lives on, or could have.
    FileTooLarge: Verdict.ERROR,
    ForbiddenUsed: Verdict.FORBIDDEN,
    GraderFault: Verdict.ERROR,
    MissingEntryPoint: Verdict.ERROR,
    MissingFile: Verdict.MISSING,
    NotImplementedYet: Verdict.NOT_IMPLEMENTED,
    NotRun: Verdict.NOT_RUN,
    OutOfMemory: Verdict.OUT_OF_MEMORY,
    ReturnTooLarge: Verdict.WRONG_ANSWER,
    ScratchFull: Verdict.ERROR,
    SyntaxProblem: Verdict.ERROR,
    TimedOut: Verdict.TIMED_OUT,
    TooManyOpenFiles: Verdict.ERROR,
    TooManyProcesses: Verdict.ERROR,
    # Its worker was ended for it: so often in a row, and the rest of the exercise is left out.
    TooMuchOutput: Verdict.CRASHED,
    TypeDiffers: Verdict.WRONG_ANSWER,
    UnreadableFile: Verdict.ERROR,
}

BLAMES: dict[type, Blame] = {GraderFault: Blame.GRADER, NotRun: Blame.NOBODY}
"""Whose fault it is where it is not the student's."""

NAMES = 1000
"""Names of a file among which a near one is looked for; each costs time in the judge."""

NEAR_LIMIT = 0.9
"""The kernel kills at the limit, and the peak that it reports was measured a little earlier."""


class Limits(Protocol):
    """The limits that a finding names; `grader.course.Limits` is one."""

    @property
    def memory_mb(self) -> int:
        """Memory, in MiB."""

    @property
    def processes(self) -> int:
        """Processes and threads."""

    @property
    def open_files(self) -> int:
        """Open files of one process."""

    @property
    def file_mb(self) -> int:
        """The largest file, in MiB."""

    @property
    def scratch_mb(self) -> int:
        """Room for files and shared memory, in MiB."""

    @property
    def device_memory_mb(self) -> int:
        """Memory of a CUDA device, in MiB."""


class StudentFailed(Exception):
    """A call of student code did not return.

    Attributes:
        verdict: What came of it.
        blame: Whose fault that is.
        finding: What happened.
    """

    def __init__(self, finding: Finding):
        super().__init__(finding.code)
        self.verdict = VERDICTS[type(finding)]
        self.blame = BLAMES.get(type(finding), Blame.STUDENT)
        self.finding = finding


# --- exceptions -----------------------------------------------------------------


def raised(info: ExceptionInfo, call: str, name: str, limits: Limits, evidence: Evidence) -> Finding:
    """An exception that student code raised while `name` was called."""
    if (fault := _device_fault(info)) is not None:
        return DeviceFault(call=call, how=fault)
    limit = _limit_met(info)
    if limit is not None:
        return _over(limit, call, limits)
    if _is_stub(info):
        return NotImplementedYet(call=call, name=name, frames=evidence.frames(info.frames))
    return _exception(info, call, evidence)


def _exception(info: ExceptionInfo, call: str, evidence: Evidence) -> ExceptionRaised:
    frames = evidence.frames(info.frames)
    return ExceptionRaised(
        call=call, type=info.type, message=info.message, frames=frames, kind=kind_of(info, frames)
    )


_SIGNS: tuple[tuple[type[Finding], tuple[str, ...]], ...] = (
    (DeviceOutOfMemory, ("cuda out of memory", "cuda error: out of memory", "cublas_status_alloc_failed")),
    (
        OutOfMemory,
        (
            *("can't allocate memory", "not enough memory", "out of memory", "bad_alloc"),
            *("[errno 12]", "cannot allocate memory (12)", "is killed by signal: killed"),
        ),
    ),
    (
        TooManyProcesses,
        ("[errno 11]", "can't start new thread", "thread creation failed", "pthread_create failed"),
    ),
    (TooManyOpenFiles, ("[errno 24]", "too many open files (24)", "received 0 items of ancdata")),
    (
        ScratchFull,
        (
            *("[errno 28]", "no space left on device (28)", "not enough free space to write"),
            "is killed by signal: bus error",
        ),
    ),
    # torch.save and numpy's tofile say so too when all room is used up; one file meets its limit first.
    (
        FileTooLarge,
        ("[errno 27]", "file too large (27)", "file write failed", "unexpected pos ", " requested and "),
    ),
)
"""What the system's refusals look like in a message, in lower case, the most certain first.

From Python they are an OSError with its number; torch and libraries under it make a RuntimeError of
them; a DataLoader puts what its worker raised into a message of its own. Measured with torch 2.13.
"""

_THEIR_TYPES = frozenset({"OSError", "RuntimeError"})
"""Classes, or bases of them, of which such exceptions are; torch's AcceleratorError is a RuntimeError."""

_BROKEN_OFF: tuple[tuple[str, DeviceHow], ...] = (
    ("illegal memory access", "illegal memory access"),
    ("device-side assert", "assertion on the device"),
    ("misaligned address", "misaligned address"),
    ("illegal instruction", "illegal instruction"),
    ("invalid program counter", "illegal instruction"),
    ("hardware stack error", "hardware stack error"),
    ("launch timed out", "launch timeout"),
    ("launch failure", "launch failure"),
    ("cublas_status_execution_failed", "launch failure"),
)
"""What CUDA says, in lower case, of a kernel that broke off: the errors that stay until the process ends."""


def _limit_met(info: ExceptionInfo) -> type[Finding] | None:
    """The finding of the limit that an exception says was met."""
    kinds = {info.type, *info.bases}
    if "MemoryError" in kinds:
        return OutOfMemory
    if "OutOfMemoryError" in kinds:  # torch's own, which it raises for devices only
        return DeviceOutOfMemory
    if not kinds & _THEIR_TYPES:
        return None
    return _sign(info.message)


def _device_fault(info: ExceptionInfo) -> DeviceHow | None:
    """How a kernel on a CUDA device broke off, if that is what an exception says."""
    return _broken_off(info.message) if "RuntimeError" in (info.type, *info.bases) else None


def _broken_off(text: str) -> DeviceHow | None:
    words = text.lower()
    if "cuda" not in words and "cublas" not in words:
        return None
    return next((how for sign, how in _BROKEN_OFF if sign in words), None)


def _sign(text: str) -> type[Finding] | None:
    words = text.lower()
    return next((kind for kind, signs in _SIGNS if any(sign in words for sign in signs)), None)


def _over(kind: type[Finding], call: str | None, limits: Limits) -> Finding:
    """The finding of a limit, with its number."""
    if kind is OutOfMemory:
        return OutOfMemory(call=call, limit_mb=limits.memory_mb)
    if kind is DeviceOutOfMemory:
        return DeviceOutOfMemory(call=call, limit_mb=limits.device_memory_mb)
    if kind is TooManyProcesses:
        return TooManyProcesses(call=call, limit=limits.processes)
    if kind is TooManyOpenFiles:
        return TooManyOpenFiles(call=call, limit=limits.open_files)
    if kind is ScratchFull:
        return ScratchFull(call=call, limit_mb=limits.scratch_mb)
    return FileTooLarge(call=call, limit_mb=limits.file_mb)


def _is_stub(info: ExceptionInfo) -> bool:
    """Whether the student's own last line raised NotImplementedError; torch raises it too."""
    if "NotImplementedError" not in (info.type, *info.bases) or not info.frames:
        return False
    return "NotImplementedError" in info.frames[-1].text or not info.frames[-1].text


# --- deaths ---------------------------------------------------------------------


def died(
    ended: Ended | None, call: str | None, limits: Limits, *, said: str = "", sealed: bool = False
) -> Finding:
    """The worker's process ended, or cut itself off, during a call.

    Args:
        ended: How, as the zygote saw it; None if the zygote has ended too.
        call: The call in short form.
        limits: What the worker was held to.
        said: The last that it printed: libraries that end the process say why.
        sealed: Whether the worker could see no process but its own, so that
            it cannot have ended the zygote.
    """
    if ended is None:
        how = "the process above it was killed"
        return GraderFault(call=call, detail=_FAULT.format(how)) if sealed else Crashed(call=call, how=how)
    if ended.oom_kills:
        return OutOfMemory(call=call, limit_mb=limits.memory_mb)
    if ended.status is None:
        return BrokeProtocol(call=call, what="It closed its connection to the grader and went on running.")
    if ended.refused_processes:
        return TooManyProcesses(call=call, limit=limits.processes)
    status = ended.status & 0xFFFF
    if not os.WIFSIGNALED(status):
        return _exited(os.WEXITSTATUS(status), call, limits, said)
    return _killed(os.WTERMSIG(status), ended, call, limits, said)


def overdue(ended: Ended | None, timed_out: TimedOut, limits: Limits) -> Finding:
    """A call whose time was up: it may have waited for a child that was killed for memory."""
    if ended is not None and ended.oom_kills:
        return OutOfMemory(call=timed_out.call, limit_mb=limits.memory_mb)
    return timed_out


_FAULT = "The worker's process was lost: {}. Student code had no way to do that; see the machine's log."


def _exited(status: int, call: str | None, limits: Limits, said: str) -> Finding:
    if _sign(said) is TooManyProcesses:  # libgomp ends the process when it gets no thread
        return TooManyProcesses(call=call, limit=limits.processes)
    return Crashed(call=call, how=f"exit status {status}")


def _killed(number: int, ended: Ended, call: str | None, limits: Limits, said: str) -> Finding:
    if number == signal.SIGKILL and ended.own_rss_mb >= NEAR_LIMIT * limits.memory_mb:
        return OutOfMemory(call=call, limit_mb=limits.memory_mb)
    if number == signal.SIGXFSZ:
        return FileTooLarge(call=call, limit_mb=limits.file_mb)
    # C++ says why and aborts; the first process of a namespace cannot abort, and runs into a fault.
    if number in (signal.SIGABRT, signal.SIGSEGV):
        if (how := _broken_off(said)) is not None:
            return DeviceFault(call=call, how=how)
        if (kind := _sign(said)) is not None:
            return _over(kind, call, limits)
    return Crashed(call=call, how=f"signal {_signal_name(number)}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return str(number)


# --- loading --------------------------------------------------------------------


def not_loaded(failed: LoadFailed, expected: tuple[str, ...], limits: Limits, evidence: Evidence) -> Finding:
    """A submission that could not be loaded."""
    info = failed.exception
    if failed.reason == "missing":
        return MissingFile(expected=expected, near=evidence.file(failed.file) or None)
    file = evidence.file(failed.file, otherwise=expected[0])
    if failed.reason == "syntax" and info is not None:
        where = evidence.frames(info.frames[-1:]) or (Frame(file=file, line=1, function=""),)
        return SyntaxProblem(message=info.message, frame=where[0])
    if failed.reason == "exception" and info is not None:
        found = raised(info, "import", file, limits, evidence)
        if not isinstance(found, NotImplementedYet):
            return found
        return _exception(info, "import", evidence)
    reasons = {"empty": "empty", "encoding": "encoding", "notebook": "notebook"}
    return UnreadableFile.model_validate(
        {"file": file, "reason": reasons.get(failed.reason, "unreadable"), "detail": failed.detail}
    )


def missing_entry_point(name: str, file: str, names: Sequence[str]) -> MissingEntryPoint:
    """The file was loaded without `name`; `names` are what it does define."""
    folded = {other.casefold().replace("_", ""): other for other in names[:NAMES]}
    near = get_close_matches(name.casefold().replace("_", ""), list(folded), n=1)
    return MissingEntryPoint(name=name, file=file, near=folded[near[0]] if near else None)
