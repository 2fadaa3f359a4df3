"""Which findings have one cause: a person mends one thing at a time, and reads of it once.

One cause have two findings that the same known mistake explains; or of whose
training loops the same was seen; or of one code that point at the same place, which
is a line, a file, a name or a part of the result. At one place two causes can meet:
a part of the result that is wrong in two ways that are known.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from grader.findings.base import Problem
from grader.findings.results import (
    ArgumentModified,
    CheckFailed,
    DeviceDiffers,
    DtypeDiffers,
    LengthDiffers,
    NoGradient,
    NotFinite,
    ShapeDiffers,
    StateChanged,
    TypeDiffers,
    ValuesDiffer,
    WrongError,
)
from grader.findings.running import ExceptionRaised, ForbiddenUsed, NotRun, TimedOut
from grader.findings.trajectory import Trajectory

_Cause = tuple[object, ...]

_OF_NO_PLACE = ("call", "hint", "relation", "smallest", "trajectory")
"""Fields that say nothing about the place; `good` is another."""

_ONLY_WHERE = ("gradient-differs", "stopped")
"""What can be seen of a loop that explains nothing: any mistake may be behind it."""

_NO_WAY = ("when", "place", "finite")
"""Relations that say which calls or numbers are wrong, and not in what way."""

_WHATEVER_DIFFERS = ("earlier", "other-part", "transposed")
"""Ways to be wrong that show in the shape, the dtype or the numbers, as the sizes of the call have it."""

_BY_STEPS = (ValuesDiffer, NotFinite, LengthDiffers, CheckFailed, StateChanged)
"""What wrong steps and sums can lead to; a wrong type, or an exception, has a place of its own."""


def cause(finding: Problem) -> _Cause:
    """A key that is equal for two findings of one cause, as far as each by itself tells."""
    if finding.mistake is not None:
        return ("mistake", finding.mistake)
    seen = _seen(finding.trajectory) if isinstance(finding, _BY_STEPS) else None
    return seen or _place(finding)


class Causes:
    """The causes of all findings of an exercise.

    Of the tests that fail at one place only one is repeated for its trajectory, so what
    was seen there stands for the others too.

    Args:
        findings: All findings, in the report's order.
    """

    def __init__(self, findings: Iterable[Problem]) -> None:
        self._behind: dict[_Cause, _Cause] = {}
        self._ways: dict[_Cause, Counter[str]] = defaultdict(Counter)
        for finding in findings:
            if finding.mistake is not None:
                continue
            if finding.trajectory is not None:
                self._behind.setdefault(_place(finding), cause(finding))
            self._ways[_place(finding)][_way(finding)] += 1

    def of(self, finding: Problem) -> _Cause:
        """A key that is equal for two findings of one cause."""
        key = cause(finding)
        if key in self._behind or key not in self._ways:
            return self._behind.get(key, key)
        way = self._nearest(key, _way(finding))
        if way in _WHATEVER_DIFFERS:
            return ("way", way, getattr(finding, "leaf", ""))
        return (*key, way) if way else key

    def _nearest(self, place: _Cause, way: str) -> str:
        """In what way a finding is counted as wrong: where none is known of a few, in that of the others."""
        ways = self._ways[place]
        most = max((each for each in ways if each), key=lambda each: ways[each], default="")
        return most if not way and ways[most] >= ways[""] else way


def explains(trajectory: Trajectory) -> bool:
    """Whether what was seen of a loop says more than where it went another way."""
    return bool(trajectory.seen) and trajectory.seen[0].kind not in _ONLY_WHERE


def _way(finding: Problem) -> str:
    """In what way a value is wrong; '' if that is not known."""
    relation = finding.relation
    return "" if relation is None or relation.kind in _NO_WAY else relation.kind


def _seen(trajectory: Trajectory | None) -> _Cause | None:
    """What was seen of a loop, without the numbers, which are others in each test."""
    if trajectory is None or not explains(trajectory):
        return None
    first, trains = trajectory.seen[0], trajectory.expected_steps > 0
    return ("seen", trains, first.kind, first.named)


def _place(finding: Problem) -> _Cause:
    place: object = ""
    match finding:
        case ExceptionRaised() | WrongError():
            place = (finding.type, finding.frames[-1:])
        case ForbiddenUsed():
            place = finding.frames[-1:]
        case TypeDiffers():
            place = (finding.leaf, finding.yours)
        case CheckFailed():
            place = finding.statement
        case NotRun():
            place = finding.reason
        case TimedOut():
            place = finding.what
        case NoGradient() | ArgumentModified():
            place = finding.argument
        case ValuesDiffer() | NotFinite() | ShapeDiffers() | DtypeDiffers() | DeviceDiffers():
            place = finding.leaf
        case _:
            place = finding.model_copy(update={"good": (), **dict.fromkeys(_OF_NO_PLACE)})
    return (type(finding), place)
