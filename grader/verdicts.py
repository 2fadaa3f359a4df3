"""The vocabulary: verdicts, blame, visibility, and one order of severity.

Every other chapter speaks these words. Nothing here knows what a test or a
submission is, and nothing is imported but the standard library.
"""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What came of a test, an exercise or a submission."""

    PASSED = "passed"
    NOT_RUN = "not run"
    MISSING = "missing"
    NOT_IMPLEMENTED = "not implemented"
    TOO_MUCH_WORK = "too much work"
    WRONG_ANSWER = "wrong answer"
    ERROR = "error"
    FORBIDDEN = "forbidden"
    UNSTABLE = "unstable"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"


class Blame(StrEnum):
    """Whose fault a verdict other than `passed` is."""

    NOBODY = "nobody"
    STUDENT = "student"
    EXERCISE = "exercise"
    OPERATOR = "operator"
    GRADER = "grader"


class Visibility(StrEnum):
    """Whether students have a test themselves, or only its title and result."""

    VISIBLE = "visible"
    HIDDEN = "hidden"


class Reveal(StrEnum):
    """How much of a hidden test's result a course lets its students see, each level more than the one before.

    The verdict alone; what differs, in numbers and in fixed words; also what the
    student's code said (messages of exceptions, names that it chose); also what it printed.
    """

    VERDICT = "verdict"
    DIFFERENCES = "differences"
    MESSAGES = "messages"
    EVERYTHING = "everything"


class Layer(StrEnum):
    """One layer of the wall round student code, in the order in which a worker puts them up."""

    CGROUP = "cgroup"
    PID = "pid"
    NETWORK = "network"
    IPC = "ipc"
    UTS = "uts"
    PRIVATE_ROOT = "private root"
    RLIMITS = "rlimits"
    UID = "uid"
    CAPABILITIES = "capabilities"
    NO_NEW_PRIVS = "no new privileges"
    LANDLOCK = "landlock"
    SECCOMP = "seccomp"


class Isolation(StrEnum):
    """How well student code is walled off, from best to worst; `required` in `grader.sandbox.policy`."""

    FULL = "full"
    CONTAINER = "container"
    PROCESS = "process"


SEVERITY: tuple[Verdict, ...] = tuple(Verdict)
"""From harmless to grave, the one order that every summary uses."""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of `verdicts`; `not run` if there are none."""
    return max(verdicts, key=SEVERITY.index, default=Verdict.NOT_RUN)
