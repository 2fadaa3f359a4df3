"""One student's files: which belong to which exercise.

Rules only, the same for folders and archives; reading is the place's. Every
file is read at most once, however many exercises it goes along with. Nobody can
make the grader read without end: there is a cap on each file, on their sum, on
how many helpers and notebooks go along, and on how many archives are opened.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from grader.findings import Finding, MissingFile, UnreadableFile
from grader.submission.archive import is_archive, unwrapped
from grader.submission.bundle import Bundle, SubmittedFile
from grader.submission.caps import FOLDER_NAMES, STUDENT_BYTES, Meter, Refused
from grader.submission.clock import Clock
from grader.submission.imports import imported
from grader.submission.names import expected, listed, near
from grader.submission.place import Entry, Place

HELPERS = 50
"""Helper modules that go along: far more than people write, few enough to send for each exercise."""
HELPER_BYTES = 2 << 20
"""Their bytes in all: a long module has 50 KB."""
NOTEBOOKS = 50
"""Notebooks that are searched for an exercise without a file of its own, the first by name."""
NOTEBOOK_BYTES = 16 << 20
"""Their bytes in all: three full of pictures. Every finding looks for its lines in all of them."""
ARCHIVES = 3
"""Archives beside the files that are opened: more than one is a draft that was left there."""
NAME_LENGTH = 200
"""Longest name that the wire carries."""
LOOKED_AT = 1000
"""Names that a guess at a misspelling looks at, so that a folder of a million files costs nothing."""


class Handed:
    """What one student handed in.

    Args:
        place: The student's folder or archive.
        known: For every exercise of the course, its entry points (() when they are not known).
        meter: Counts what is read of this student.
        clock: Tells when it was handed in; without one nobody asks.
        entries: What of the place is looked at; None for all of it.
    """

    def __init__(
        self,
        place: Place,
        known: Mapping[str, Sequence[str]],
        meter: Meter,
        clock: Clock | None = None,
        entries: Iterable[Entry] | None = None,
    ) -> None:
        self._place = place
        self._known = known
        self._meter = meter
        entries = place.entries(FOLDER_NAMES) if entries is None else entries
        self._there = {entry.name: entry for entry in entries if not entry.hidden}
        self._stamps: tuple[str, ...] = ()
        self._clock = clock
        if clock is not None:
            self._clock, self._stamps = clock.within(place, self._there)
        self._tests = {f"test_{exercise}.py" for exercise in known}
        self._exercise_files = {name for exercise in known for name in expected(exercise)}
        self._helpers = [name for name, entry in self._there.items() if self._is_helper(entry)]
        self._contents: dict[str, bytes | UnreadableFile] = {}
        self._archives: dict[str, Handed | UnreadableFile] = {}
        self._left_out: dict[str, str] = {}
        self._used: set[str] = set()

    def bundle(self, exercise: str) -> Bundle:
        """What was handed in for `exercise`: here, in a subfolder of its name, a notebook, an archive."""
        names = tuple(name for name in expected(exercise) if name in self._there)
        if names:
            return self.bundle_of(exercise, names)
        return (
            self._subfolder(exercise)
            or self._notebooks(exercise)
            or self._archived(exercise)
            or self._missing(exercise, expected(exercise))
        )

    def bundle_of(self, exercise: str, names: Sequence[str]) -> Bundle:
        """The bundle with the first of `names` that can be read as its main file."""
        there = [name for name in names if name in self._there]
        if not there:
            return self._missing(exercise, names)
        problems: list[UnreadableFile] = []
        for place, name in enumerate(there):
            content = self._read(name)
            if isinstance(content, bytes):
                notes = [
                    f"{p.file} could not be read ({_why(p)}), so {name} is what counts." for p in problems
                ]
                notes += [
                    f"Both {name} and {other} are there; {name} is what counts."
                    for other in there[place + 1 :]
                ]
                self._used.update(there)
                files = (SubmittedFile(name, content), *self._beside(name, content))
                return Bundle(exercise, (name,), files, tuple(notes), None, self._time(files))
            problems.append(content)
        self._used.update(there)
        return Bundle(exercise, (), (), (), problems[0], self._time_of(there))

    def notes(self) -> tuple[str, ...]:
        """One sentence each on what was not read, after all bundles were made."""
        stamps = self._used_stamps()
        notes = [f"When it was handed in says {listed(stamps)}."] if stamps else []
        if self._left_out:
            notes.append(f"Some helper files could not go along: {listed(list(self._left_out.values()))}.")
        unread = [entry for entry in self._there.values() if self._is_unread(entry)]
        if unread:
            names = [f"{entry.name}/" if entry.kind == "folder" else entry.name for entry in unread]
            notes.append(f"Not needed by any exercise, so not read: {listed(names)}.")
        for name, inner in self._archives.items():
            if name in self._used and isinstance(inner, Handed):
                notes += [f"In {listed([name])}, {note[0].lower()}{note[1:]}" for note in inner.notes()]
        return tuple(notes)

    def _subfolder(self, exercise: str) -> Bundle | None:
        entry = self._there.get(exercise)
        if entry is None or entry.kind != "folder":
            return None
        self._used.add(exercise)
        try:
            inside = Handed(self._place.inside(entry), {exercise: ()}, self._meter, self._clock)
        except OSError as error:
            return replace(broken(exercise, entry.name, error), submitted=self._time_of([exercise]))
        found = inside.bundle_of(exercise, expected(exercise))
        if isinstance(found.problem, MissingFile) and found.problem.near is None:
            return None
        if stamps := tuple(f"{exercise}/{name}" for name in inside._used_stamps()):
            self._stamps = (*self._stamps, *stamps)
            self._used.update(stamps)
        elif found.submitted is not None:
            self._used.update(self._stamps)
        note = f"It was found in the folder '{exercise}'."
        return replace(found, notes=(note, *found.notes))

    def _notebooks(self, exercise: str) -> Bundle | None:
        """All notebooks that may hold the exercise, for the far side to search."""
        notebooks = [
            name
            for name, entry in self._there.items()
            if name.lower().endswith(".ipynb") and entry.kind == "file" and len(name) <= NAME_LENGTH
        ]
        found: list[SubmittedFile] = []
        left_out = notebooks[NOTEBOOKS:]
        for name in notebooks[:NOTEBOOKS]:
            content = self._read(name)
            if isinstance(content, bytes) and self._may_hold(name, content, exercise):
                if sum(len(file.content) for file in found) + len(content) > NOTEBOOK_BYTES:
                    left_out.append(name)
                else:
                    found.append(SubmittedFile(name, content))
        if not found:
            return None
        self._used.update(file.name for file in found)
        searched = listed([file.name for file in found])
        notes = [f"There is no {' or '.join(expected(exercise))}; looked for it in {searched}."]
        if left_out:
            notes.append(f"There were too many or too large ones to look in {listed(left_out)} too.")
        beside = self._beside("", *(file.content for file in found))
        files = (*found, *beside)
        return Bundle(exercise, (), files, tuple(notes), None, self._time(files))

    def _archived(self, exercise: str) -> Bundle | None:
        """What archives beside the files hold for the exercise, which has no file of its own."""
        archives = [name for name, e in self._there.items() if e.kind == "file" and is_archive(name)]
        found: list[tuple[str, Bundle]] = []
        for name in archives[:ARCHIVES]:
            inner = self._opened(name)
            if isinstance(inner, Handed):
                found.append((name, inner.bundle(exercise)))
            else:
                found.append((name, Bundle(exercise, (), (), (), inner)))
        held = [each for each in found if not _is_elsewhere(each[1].problem)]
        if not held and self._near(exercise) is None:
            held = [each for each in found if not _is_missing(each[1].problem)]
        if not held:
            return None
        name, bundle = held[0]
        self._used.update(each[0] for each in held)
        if bundle.problem is not None and bundle.problem is self._archives[name]:
            return replace(bundle, submitted=self._time_of([name]))
        found_in = "It was found" if bundle.problem is None else "Looked for it"
        notes = [f"{found_in} in the archive {listed([name])}."]
        notes += [
            f"{listed([other])} may hold it too; {listed([name])} is what counts." for other, _ in held[1:]
        ]
        return replace(bundle, notes=(*notes, *bundle.notes), submitted=self._time_of([name]))

    def _opened(self, name: str) -> "Handed | UnreadableFile":
        """An archive beside the files, or why it is not read; each is opened once."""
        if name not in self._archives:
            try:
                inside = self._place.inside(self._there[name])
                place = unwrapped(inside, lambda entry: entry.name in self._known)
                self._archives[name] = Handed(place, self._known, self._meter)
            except (OSError, Refused) as error:
                self._archives[name] = broken_file(name, error)
        return self._archives[name]

    def _may_hold(self, name: str, content: bytes, exercise: str) -> bool:
        """Whether a notebook speaks of the exercise's entry points; bytes are searched, nothing is parsed."""
        points = "|".join(re.escape(point) for point in self._known.get(exercise, ()))
        if not points:
            return True
        theirs = any(name in expected(other) for other in self._known)
        # In another exercise's notebook a mention is not enough: loss notebooks speak of softmax.
        form = rf"\b(def|class)\s+({points})\b|\b({points})\s*=" if theirs else rf"\b({points})\b"
        return re.search(form.encode(), content) is not None

    def _missing(self, exercise: str, names: Sequence[str]) -> Bundle:
        problem: Finding = MissingFile(expected=tuple(names), near=self._near(exercise, names))
        return Bundle(exercise, (), (), (), problem)

    def _near(self, exercise: str, names: Sequence[str] = ()) -> str | None:
        """The name of a file that was probably meant for the exercise."""
        candidates = [
            entry.name
            for entry in self._there.values()
            if entry.kind != "folder" and entry.name not in self._tests and entry.name not in names
        ]
        return near(exercise, candidates[:LOOKED_AT], self._known)

    def _beside(self, main: str, *contents: bytes) -> tuple[SubmittedFile, ...]:
        """The modules that files of these contents import, and what those import in turn.

        Whatever else lies there stays: most folders hold all exercises and old
        drafts, and "read from" should name what was needed.
        """
        chosen: dict[str, bytes] = {}
        tried = {main}
        unseen = list(contents)
        while unseen:
            for name in imported(unseen.pop(), self._helpers):
                if name in tried:
                    continue
                tried.add(name)
                content = self._helper(name, chosen)
                if content is not None:
                    chosen[name] = content
                    unseen.append(content)
        self._used.update(chosen)
        return tuple(SubmittedFile(name, chosen[name]) for name in sorted(chosen))

    def _helper(self, name: str, chosen: Mapping[str, bytes]) -> bytes | None:
        """The content of a module that goes along with `chosen`; None, and a note, if it cannot."""
        too_many = f"more than {HELPERS} files or {HELPER_BYTES >> 20} MiB"
        if len(chosen) >= HELPERS:
            self._leave_out(name, too_many)
            return None
        content = self._read(name)
        if isinstance(content, UnreadableFile):
            if content.reason == "empty":
                return b""  # an empty module is a module
            if not self._is_exercise_file(name):  # those are told of in their own bundles
                self._leave_out(name, _why(content))
            return None
        if sum(map(len, chosen.values())) + len(content) > HELPER_BYTES:
            self._leave_out(name, too_many)
            return None
        return content

    def _leave_out(self, name: str, why: str) -> None:
        self._used.add(name)
        self._left_out.setdefault(name, f"{name} ({why})")

    def _read(self, name: str) -> bytes | UnreadableFile:
        if name not in self._contents:
            if self._meter.is_full:
                detail = f"no more than {STUDENT_BYTES >> 20} MiB are read of one student"
                content: bytes | UnreadableFile = UnreadableFile(file=name, reason="too-large", detail=detail)
            else:
                content = self._place.read(self._there[name])
            if isinstance(content, bytes):
                self._meter.hold(len(content))
            self._contents[name] = content
        return self._contents[name]

    def _time(self, files: Sequence[SubmittedFile]) -> datetime | None:
        return self._time_of([file.name for file in files])

    def _time_of(self, names: Sequence[str]) -> datetime | None:
        """When files of these names were handed in, if anybody asks and anything tells."""
        self._used.update(self._stamps)
        return self._clock.read(self._place, [self._there[name] for name in names]) if self._clock else None

    def _used_stamps(self) -> list[str]:
        return [name for name in self._stamps if name in self._used]

    def _is_helper(self, entry: Entry) -> bool:
        """Whether an entry is a module that the student's own code may import."""
        if not entry.name.endswith(".py") or len(entry.name) > NAME_LENGTH or entry.raw != entry.name:
            return False
        return entry.name not in self._tests

    def _is_exercise_file(self, name: str) -> bool:
        return name in self._exercise_files

    def _is_unread(self, entry: Entry) -> bool:
        known = entry.name in self._known or self._is_exercise_file(entry.name)
        return not known and entry.name not in self._used and entry.name not in self._tests


def _is_missing(problem: Finding | None) -> bool:
    return isinstance(problem, MissingFile) and problem.near is None


def _is_elsewhere(problem: Finding | None) -> bool:
    """Whether an archive does not hold the file, as far as is known."""
    return isinstance(problem, MissingFile) or (
        isinstance(problem, UnreadableFile) and problem.reason == "archive"
    )


def _why(problem: UnreadableFile) -> str:
    """A reason in brackets, in words."""
    words = {"too-large": "too large", "link": "a link", "folder": "a folder", "archive": "damaged"}
    return words.get(problem.reason, problem.reason)


def broken(exercise: str, name: str, error: OSError | Refused) -> Bundle:
    """The bundle of a folder or an archive that cannot be opened."""
    return Bundle(exercise, (), (), (), broken_file(name, error))


def broken_file(name: str, error: OSError | Refused) -> UnreadableFile:
    """The finding for a folder or an archive that cannot be opened."""
    if isinstance(error, Refused):
        return UnreadableFile(file=name, reason="archive", detail=error.why)
    return UnreadableFile(file=name, reason="unreadable", detail=error.strerror or str(error))
