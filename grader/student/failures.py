"""From what happened to a call to the finding that says so.

Each function takes plain data (an exception as text, a wait status, a message
that could not be loaded) and gives a finding; `StudentFailed` carries it to the
judge. Texts in them came from student code and stay hostile: renderers escape.
"""

import os
import signal
from collections.abc import Sequence
from difflib import get_close_matches

from grader.findings import (
    BrokeProtocol,
    Crashed,
    ExceptionRaised,
    Finding,
    ForbiddenUsed,
    Frame,
    MissingEntryPoint,
    MissingFile,
    NotImplementedYet,
    OutOfMemory,
    ReturnTooLarge,
    SyntaxProblem,
    TimedOut,
    TypeDiffers,
    UnreadableFile,
)
from grader.verdicts import Blame, Verdict
from grader.wire.messages import Ended, ExceptionInfo, FrameInfo, LoadFailed

VERDICTS: dict[type, Verdict] = {
    BrokeProtocol: Verdict.CRASHED,
    Crashed: Verdict.CRASHED,
    ExceptionRaised: Verdict.ERROR,
    ForbiddenUsed: Verdict.FORBIDDEN,
    MissingEntryPoint: Verdict.ERROR,
    MissingFile: Verdict.MISSING,
    NotImplementedYet: Verdict.NOT_IMPLEMENTED,
    OutOfMemory: Verdict.OUT_OF_MEMORY,
    ReturnTooLarge: Verdict.WRONG_ANSWER,
    SyntaxProblem: Verdict.ERROR,
    TimedOut: Verdict.TIMED_OUT,
    TypeDiffers: Verdict.WRONG_ANSWER,
    UnreadableFile: Verdict.ERROR,
}

OUT_OF_MEMORY_WORDS = ("can't allocate memory", "not enough memory", "out of memory", "bad_alloc")
"""What torch's allocators say; the exception is a plain RuntimeError on the CPU."""

FRAMES = 20
"""Lines of a traceback that are kept, the innermost; a worker can send thousands."""

NAMES = 1000
"""Names of a file among which a near one is looked for; each costs time in the judge."""

NEAR_LIMIT = 0.9
"""The kernel kills at the limit, and the peak that it reports was measured a little earlier."""


class StudentFailed(Exception):
    """A call of student code did not return.

    Attributes:
        verdict: What came of it.
        blame: Whose fault that is.
        finding: What happened.
    """

    def __init__(self, finding: Finding, blame: Blame = Blame.STUDENT):
        super().__init__(finding.code)
        self.verdict = VERDICTS[type(finding)]
        self.blame = blame
        self.finding = finding


def frames(infos: Sequence[FrameInfo]) -> tuple[Frame, ...]:
    """The student's lines as findings hold them, the innermost if there are many."""
    kept = infos[-FRAMES:]
    return tuple(Frame(file=i.file, line=i.line, function=i.function, text=i.text) for i in kept)


def raised(info: ExceptionInfo, call: str, name: str, memory_mb: int) -> Finding:
    """An exception that student code raised while `name` was called."""
    if _is_out_of_memory(info):
        return OutOfMemory(call=call, limit_mb=memory_mb)
    if _is_stub(info):
        return NotImplementedYet(call=call, name=name)
    return ExceptionRaised(call=call, type=info.type, message=info.message, frames=frames(info.frames))


def _is_out_of_memory(info: ExceptionInfo) -> bool:
    if "MemoryError" in info.bases or info.type in ("MemoryError", "OutOfMemoryError"):
        return True
    words = info.message.lower()
    return "RuntimeError" in (info.type, *info.bases) and any(word in words for word in OUT_OF_MEMORY_WORDS)


def _is_stub(info: ExceptionInfo) -> bool:
    """Whether the student's own last line raised NotImplementedError; torch raises it too."""
    if "NotImplementedError" not in (info.type, *info.bases) or not info.frames:
        return False
    return "NotImplementedError" in info.frames[-1].text or not info.frames[-1].text


def died(ended: Ended | None, call: str | None, memory_mb: int) -> Finding:
    """The worker's process ended, or cut itself off, during a call."""
    if ended is None:
        return Crashed(call=call, how="the process above it was killed")
    if ended.status is None:
        return BrokeProtocol(call=call, what="It closed its connection to the grader and went on running.")
    status = ended.status & 0xFFFF
    if not os.WIFSIGNALED(status):
        return Crashed(call=call, how=f"exit status {os.WEXITSTATUS(status)}")
    number = os.WTERMSIG(status)
    if number == signal.SIGKILL and ended.max_rss_mb >= NEAR_LIMIT * memory_mb:
        return OutOfMemory(call=call, limit_mb=memory_mb)
    return Crashed(call=call, how=f"signal {_signal_name(number)}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return str(number)


def not_loaded(failed: LoadFailed, expected: tuple[str, ...], memory_mb: int) -> Finding:
    """A submission that could not be loaded."""
    info = failed.exception
    if failed.reason == "missing":
        return MissingFile(expected=expected, near=failed.file or None)
    if failed.reason == "syntax" and info is not None:
        where = frames(info.frames[-1:]) or (Frame(file=failed.file, line=1, function=""),)
        return SyntaxProblem(message=info.message, frame=where[0])
    if failed.reason == "exception" and info is not None:
        found = raised(info, "import", failed.file, memory_mb)
        if not isinstance(found, NotImplementedYet):
            return found
        return ExceptionRaised(
            call="import", type=info.type, message=info.message, frames=frames(info.frames)
        )
    reasons = {"empty": "empty", "encoding": "encoding", "notebook": "notebook"}
    return UnreadableFile.model_validate(
        {"file": failed.file, "reason": reasons.get(failed.reason, "unreadable"), "detail": failed.detail}
    )


def missing_entry_point(name: str, file: str, names: Sequence[str]) -> MissingEntryPoint:
    """The file was loaded without `name`; `names` are what it does define."""
    folded = {other.casefold().replace("_", ""): other for other in names[:NAMES]}
    near = get_close_matches(name.casefold().replace("_", ""), list(folded), n=1)
    return MissingEntryPoint(name=name, file=file, near=folded[near[0]] if near else None)
