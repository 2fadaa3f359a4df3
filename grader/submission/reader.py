"""One student's folder or archive: every attempt in it, read and dated.

The newest attempt is read first, since the caps count for all attempts of a
student together: what no longer fits is the oldest. Whatever is wrong with an
attempt is a finding of that attempt, and the others are read all the same.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import tzinfo

from grader.findings import MissingFile
from grader.submission.archive import unwrapped
from grader.submission.attempts import CURRENT, Attempt, attempt, attempts_in
from grader.submission.bundle import Bundle, Submission, digest
from grader.submission.caps import FOLDER_NAMES, STUDENT, Meter, Refused
from grader.submission.clock import Clock
from grader.submission.names import listed
from grader.submission.place import Entry, Place
from grader.submission.student import Handed, broken
from grader.submission.times import Times

Known = Mapping[str, Sequence[str]]
"""For every exercise of the course, its entry points."""

Read = tuple[str, tuple[Bundle, ...], tuple[str, ...]]
"""An attempt's name, bundles and notes."""


@dataclass(frozen=True)
class Reader:
    """Reads students, and keeps nothing of them.

    Attributes:
        exercises: The exercises to read, by name.
        known: All exercises of the course.
        times: When things were handed in, as staff say.
        zone: Where clocks are that write times without an offset.
        file_dates: Whether modification times count where nothing better is known.
    """

    exercises: Sequence[str]
    known: Known
    times: Times
    zone: tzinfo | None = None
    file_dates: bool = False

    def entry(self, student: str, entry: Entry, place: Place) -> tuple[Submission, ...]:
        """The attempts in a student's folder or archive, oldest first."""
        meter, clock = Meter(STUDENT), Clock(self.zone, self.file_dates)
        with ExitStack() as stack:
            try:
                return self._dated(student, self._opened(entry, place, clock, meter, stack))
            except (OSError, Refused) as error:
                return self._dated(student, [self._broken("", entry, place, clock, error)])

    def alone(self, student: str, place: Place, clock: Clock) -> tuple[Submission, ...]:
        """The attempts in a place that is one student's own, oldest first.

        Raises:
            OSError, Refused: It cannot be read.
        """
        meter = Meter(STUDENT)
        with ExitStack() as stack:
            return self._dated(student, self._attempts(place.again(meter, stack), (), clock, meter))

    def _opened(self, entry: Entry, place: Place, clock: Clock, meter: Meter, stack: ExitStack) -> list[Read]:
        within = place.inside(entry, meter, stack)
        if entry.kind == "folder":
            return self._attempts(within, (), clock, meter)
        inner = unwrapped(within, lambda each: each.name in self.known or attempt(each) is not None)
        note = f"Handed in as the archive {listed([entry.name])}."
        return self._attempts(inner, (note,), clock.packed_in(place, entry), meter)

    def _attempts(self, place: Place, notes: tuple[str, ...], clock: Clock, meter: Meter) -> list[Read]:
        """What lies in a student's place, oldest first; beside attempts, the rest is the newest."""
        entries = place.entries(FOLDER_NAMES)
        found, told = attempts_in(entries)
        if len(found) > 1:
            meter.subject = "all attempts together hold"
        beside = [entry for entry in entries if attempt(entry) is None]
        rest = self._handed("", Handed(place, self.known, meter, clock, beside), (*notes, *told))
        if not found:
            return [rest]
        newest_first = [self._attempt(each, place, clock, meter) for each in reversed(found)]
        if not all(isinstance(bundle.problem, MissingFile) for bundle in rest[1]):
            return [*reversed(newest_first), (CURRENT, *rest[1:])]
        (name, bundles, own), *older = newest_first
        return [*reversed(older), (name, bundles, (*rest[2], *own))]

    def _attempt(self, found: Attempt, place: Place, clock: Clock, meter: Meter) -> Read:
        """Read one attempt; what is opened for it is closed again."""
        entry = found.entry
        if clock.believed:
            clock = replace(clock, named=found.handed_in(clock.zone))
        with ExitStack() as stack:
            try:
                within, notes = place.inside(entry, meter, stack), ()
                if entry.kind != "folder":
                    within = unwrapped(within, lambda each: each.name in self.known)
                    clock = clock.packed_in(place, entry)
                return self._handed(found.name, Handed(within, self.known, meter, clock), notes)
            except (OSError, Refused) as error:
                return self._broken(found.name, entry, place, clock, error)

    def _handed(self, name: str, handed: Handed, notes: tuple[str, ...]) -> Read:
        bundles = tuple(handed.bundle(exercise) for exercise in self.exercises)
        return name, bundles, (*notes, *handed.notes())

    def _broken(self, name: str, entry: Entry, place: Place, clock: Clock, error: OSError | Refused) -> Read:
        time = clock.read(place, [entry])
        bundles = (broken(exercise, entry.name, error) for exercise in self.exercises)
        return name, tuple(replace(bundle, submitted=time) for bundle in bundles), ()

    def _dated(self, student: str, attempts: list[Read]) -> tuple[Submission, ...]:
        dated, told = self.times.dated(student, [(name, bundles) for name, bundles, _ in attempts])
        submissions = [
            Submission(student, bundles, notes, digest(bundles), name)
            for (name, _, notes), bundles in zip(attempts, dated, strict=True)
        ]
        if told:
            submissions[-1] = replace(submissions[-1], notes=(*submissions[-1].notes, *told))
        return tuple(submissions)
