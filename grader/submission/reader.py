"""One student's folder or archive: every attempt in it, read and dated.

The newest attempt is read first, since the caps count for all attempts of a
student together: what no longer fits is the oldest. Whatever is wrong with an
attempt is a finding of that attempt, and the others are read all the same.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from grader.findings import MissingFile
from grader.submission.archive import unwrapped
from grader.submission.attempts import CURRENT, Attempt, attempt, attempts_in
from grader.submission.bundle import Bundle, Submission, digest
from grader.submission.caps import FOLDER_NAMES, STUDENT, Meter, Refused
from grader.submission.clock import Clock
from grader.submission.contents import broken
from grader.submission.layouts.clones import clone_notes, is_clone
from grader.submission.layouts.roster import LEVELS, HandedIn, Known
from grader.submission.names import listed
from grader.submission.place import Entry, Place
from grader.submission.student import Handed
from grader.submission.times import Times

Read = tuple[str, tuple[Bundle, ...], tuple[str, ...]]
"""An attempt's name, bundles and notes."""


@dataclass(frozen=True)
class Reader:
    """Reads students, and keeps nothing of them.

    Attributes:
        exercises: The exercises to read, by name.
        known: All exercises of the course.
        times: When things were handed in, as staff say.
    """

    exercises: Sequence[str]
    known: Known
    times: Times

    def read(self, student: str, handed: HandedIn) -> tuple[Submission, ...]:
        """The attempts in what a student handed in, oldest first.

        Raises:
            OSError, Refused: It lies where all submissions should be, and that cannot be read.
        """
        with ExitStack() as stack:
            attempts = _Reading(self, handed, Meter(STUDENT), stack).attempts()
        dated, told = self.times.dated(student, [(name, bundles) for name, bundles, _ in attempts])
        submissions = [
            Submission(student, bundles, notes, digest(bundles), name, handed.names)
            for (name, _, notes), bundles in zip(attempts, dated, strict=True)
        ]
        last = submissions[-1]
        notes = (*handed.notes, *_late(handed.late, last), *last.notes, *told)
        submissions[-1] = replace(last, notes=notes)
        return tuple(submissions)


@dataclass(frozen=True)
class _Reading:
    """One student who is being read.

    Attributes:
        reader: Whoever reads.
        handed: What was handed in.
        meter: Counts what is read.
        stack: Closes what is opened.
    """

    reader: Reader
    handed: HandedIn
    meter: Meter
    stack: ExitStack

    def attempts(self) -> list[Read]:
        """Everything that was handed in, oldest first."""
        place, clock = self.handed.place.again(self.meter, self.stack), self.handed.clock
        if not self.handed.steps:
            return self._attempts(place, (), clock)
        *folders, last = self.handed.steps
        try:
            for entry in folders:
                place = place.inside(entry)
            return self._opened(last, place, clock)
        except (OSError, Refused) as error:
            return [self._broken("", last, place, clock, error)]

    def _opened(self, entry: Entry, place: Place, clock: Clock) -> list[Read]:
        within = place.inside(entry)
        if entry.kind == "folder":
            return self._attempts(within, (), clock)
        known = self.reader.known
        inner = unwrapped(within, lambda each: each.name in known or attempt(each) is not None)
        note = f"Handed in as the archive {listed([entry.name])}."
        return self._attempts(inner, (note,), clock.packed_in(place, entry))

    def _attempts(self, place: Place, notes: tuple[str, ...], clock: Clock) -> list[Read]:
        """What lies in a student's place, oldest first; beside attempts, the rest is the newest."""
        entries = place.entries(FOLDER_NAMES)
        found, told = attempts_in(entries)
        if len(found) > 1:
            self.meter.subject = "all attempts together hold"
        beside = [entry for entry in entries if attempt(entry) is None]
        rest = self._handed("", place, beside, (*notes, *told), clock)
        if not found:
            return [rest]
        newest_first = [self._attempt(each, place, clock) for each in reversed(found)]
        if not all(isinstance(bundle.problem, MissingFile) for bundle in rest[1]):
            return [*reversed(newest_first), (CURRENT, *rest[1:])]
        (name, bundles, own), *older = newest_first
        return [*reversed(older), (name, bundles, (*rest[2], *own))]

    def _attempt(self, found: Attempt, place: Place, clock: Clock) -> Read:
        """Read one attempt; what is opened for it is closed again."""
        entry = found.entry
        if clock.believed:
            clock = replace(clock, named=found.handed_in(clock.zone))
        with ExitStack() as stack:
            try:
                within = place.inside(entry, self.meter, stack)
                if entry.kind != "folder":
                    within = unwrapped(within, lambda each: each.name in self.reader.known)
                    clock = clock.packed_in(place, entry)
                return self._handed(found.name, within, within.entries(FOLDER_NAMES), (), clock)
            except (OSError, Refused) as error:
                return self._broken(found.name, entry, place, clock, error)

    def _handed(
        self, name: str, place: Place, entries: Sequence[Entry], notes: tuple[str, ...], clock: Clock
    ) -> Read:
        names = {entry.name for entry in entries}
        levels = LEVELS if is_clone(names) else self.handed.levels
        handed = Handed(place, self.reader.known, self.meter, clock, entries, levels)
        bundles = tuple(handed.bundle(exercise) for exercise in self.reader.exercises)
        return name, bundles, (*notes, *clone_notes(names), *handed.notes())

    def _broken(self, name: str, entry: Entry, place: Place, clock: Clock, error: OSError | Refused) -> Read:
        time = clock.read(place, [entry])
        bundles = (broken(exercise, entry.name, error) for exercise in self.reader.exercises)
        return name, tuple(replace(bundle, submitted=time) for bundle in bundles), ()


def _late(platform: str, submission: Submission) -> tuple[str, ...]:
    """What is said of a submission that a platform marks late, though its names never say by how much."""
    if not platform:
        return ()
    if any(bundle.submitted is not None for bundle in submission.bundles):
        return (f"{platform} marks it as late.",)
    return (f"{platform} marks it as late; when it was handed in, the download does not say.",)
