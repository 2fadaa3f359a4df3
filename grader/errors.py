"""What can go wrong on our side, drawn as a tree.

Each error carries one sentence for the person at the terminal (what is wrong,
what was allowed, what to type next) and the exit code that the command ends
with. Only `grader.cli` catches, prints and exits. What goes wrong in a
student's code is never an error of this tree: it is a `Finding`.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class GraderError(Exception):
    """Something that could not be done, said in one sentence."""

    exit_code = 2


class UsageError(GraderError):
    """A command was asked for something that does not exist or make sense."""


class CourseError(GraderError):
    """The course, or one of its exercises, is not what it must be."""


class SubmissionsError(GraderError):
    """The place where submissions should be does not hold any."""


class OutputError(GraderError):
    """The reports cannot be written."""


class IsolationError(GraderError):
    """The far side could not be started or confined; nobody's code is to blame."""


class WireError(GraderError):
    """A frame, message or value that breaks the rules of the wire."""


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?`, or nothing when no known name is near."""
    near = get_close_matches(wrong, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""
