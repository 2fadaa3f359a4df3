"""One student's files: which belong to which exercise.

Rules only, the same for folders and archives; what is in the files, and which
modules go along, is the matter of `contents`, and which notebooks that of `notebooks`.
Nobody can make the grader search without end: there is a cap on how many folders and
archives are opened. Whatever is not needed is named in a note.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from grader.findings import Finding, MissingFile, UnreadableFile
from grader.submission.archive import is_archive, unwrapped
from grader.submission.bundle import Bundle, SubmittedFile
from grader.submission.caps import FOLDER_NAMES, Meter, Refused
from grader.submission.clock import Clock
from grader.submission.contents import Contents, broken, broken_file, why
from grader.submission.names import expected, listed, near
from grader.submission.notebooks import search
from grader.submission.place import Entry, Place

ARCHIVES = 3
"""Archives beside the files that are opened: more than one is a draft that was left there."""
FOLDERS = 100
"""Subfolders that are searched where files may lie in them: a repository of homework has a dozen."""
ENVIRONMENTS = frozenset(("env", "venv", "site-packages", "node_modules", "build", "dist"))
"""Folders that are not: what lies in them came with a tool."""
PUT_ASIDE = frozenset(("old", "draft", "drafts", "backup", "archive", "previous"))
"""Folders that count only where no other one does."""
HANDED_OUT = frozenset(("README.md", "exercise.toml", "hints.md"))
"""What the course itself puts into the folder of an exercise."""
UNREAD = 20
"""Files that nobody needed and that are all named; of more than that a few stand for the others."""
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
        levels: How many folders deep an exercise's file may lie, outside a folder of the exercise's name.
        asked: The exercises that are looked for, as whoever this lies in knows them.
    """

    def __init__(
        self,
        place: Place,
        known: Mapping[str, Sequence[str]],
        meter: Meter,
        clock: Clock | None = None,
        entries: Iterable[Entry] | None = None,
        levels: int = 0,
        asked: set[str] | None = None,
    ) -> None:
        self._place = place
        self._known = known
        self._meter = meter
        entries = place.entries(FOLDER_NAMES) if entries is None else entries
        self._there: dict[str, Entry] = {}
        self._hidden: list[str] = []
        for entry in entries:
            if not entry.hidden:
                self._there[entry.name] = entry
            elif _is_hidden_source(entry):
                self._hidden.append(entry.name)
        self._levels = levels
        self._crowded = False
        self._stamps: tuple[str, ...] = ()
        self._clock = clock
        if clock is not None:
            self._clock, self._stamps = clock.within(place, self._there)
        self._tests = {f"test_{exercise}.py" for exercise in known}
        self._exercise_files = {name: exercise for exercise in known for name in expected(exercise)}
        self._contents = Contents(place, self._there, self._exercise_files, self._tests, meter)
        self._used = self._contents.used
        self._asked = set() if asked is None else asked
        self._folders: dict[str, Handed] = {}
        self._archives: dict[str, Handed | UnreadableFile] = {}

    def bundle(self, exercise: str) -> Bundle:
        """What was handed in for `exercise`: here, in a subfolder of its name, a notebook, an archive."""
        self._asked.add(exercise)
        names = tuple(name for name in expected(exercise) if name in self._there)
        if names:
            return self.bundle_of(exercise, names)
        return (
            self._subfolder(exercise)
            or self._deeper(exercise)
            or self._notebooks(exercise)
            or self._deeper_notebooks(exercise)
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
            content = self._contents.read(name)
            if isinstance(content, bytes):
                notes = [
                    f"{p.file} could not be read ({why(p)}), so {name} is what counts." for p in problems
                ]
                notes += [
                    f"Both {name} and {other} are there; {name} is what counts."
                    for other in there[place + 1 :]
                ]
                self._used.update(there)
                files = (SubmittedFile(name, content), *self._contents.beside(name, content))
                return Bundle(exercise, (name,), files, tuple(notes), None, self._time(files))
            problems.append(content)
        self._used.update(there)
        return Bundle(exercise, (), (), (), problems[0], self._time_of(there))

    def notes(self) -> tuple[str, ...]:
        """One sentence each on what was not read, after all bundles were made."""
        stamps = self._used_stamps()
        notes = [f"When it was handed in says {listed(stamps)}."] if stamps else []
        if left_out := list(self._contents.left_out.values()):
            notes.append(f"Some helper files could not go along: {listed(left_out)}.")
        if unread := self._unread():
            notes.append(f"Not needed by any exercise, so not read: {listed(unread, UNREAD)}.")
        if self._crowded:
            notes.append(f"There are more than {FOLDERS} folders; the rest of them were not looked into.")
        if self._hidden:
            notes.append(f"Names that begin with a dot are hidden, so not read: {listed(self._hidden)}.")
        for name, inner in self._archives.items():
            if name in self._used and isinstance(inner, Handed):
                notes += [f"In {listed([name])}, {note[0].lower()}{note[1:]}" for note in inner.notes()]
        return tuple(notes)

    def _unread(self) -> list[str]:
        """What nobody needed, by path; a folder of which nothing was needed stands for all in it."""
        unread = []
        for name, entry in self._there.items():
            inner = self._folders.get(name)
            if inner is not None and name in self._used:
                unread += [f"{name}/{each}" for each in (*inner._unread(), *inner._hidden)]
            elif self._is_unread(entry):
                unread.append(f"{name}/" if entry.kind == "folder" else name)
        return unread

    def _subfolder(self, exercise: str) -> Bundle | None:
        """What lies in the folder of the exercise's name, as `grader start` lays it out."""
        entry = self._there.get(exercise)
        if entry is None or entry.kind != "folder":
            return None
        try:
            inside = self._folder(entry)
        except OSError as error:
            self._used.add(exercise)
            return replace(broken(exercise, entry.name, error), submitted=self._time_of([exercise]))
        found = inside.bundle_of(exercise, expected(exercise))
        if isinstance(found.problem, MissingFile) and found.problem.near is None:
            return None
        return self._found_in((exercise,), inside, found, ())

    def _deeper(self, exercise: str) -> Bundle | None:
        """What lies in some other folder: the nearest counts, and the first by name of those.

        Only what was put aside counts after all others.
        """
        wanted = expected(exercise)
        found = [
            (path, inside) for path, inside in self._below() if any(name in inside._there for name in wanted)
        ]
        if not found:
            return None
        found.sort(key=lambda each: not PUT_ASIDE.isdisjoint(name.lower() for name in each[0]))
        (path, inside), *others = found
        counts = f"the one in '{_joined(path)}' is what counts"
        notes = [f"Another {exercise} is in the folder '{_joined(other)}'; {counts}." for other, _ in others]
        return self._found_in(path, inside, inside.bundle(exercise), notes)

    def _deeper_notebooks(self, exercise: str) -> Bundle | None:
        """Notebooks of other names in the nearest folder in which one may hold the exercise."""
        for path, inside in self._below():
            if exercise in inside._known and (found := inside._notebooks(exercise)):
                return self._found_in(path, inside, found, ())
        return None

    def _found_in(self, path: Sequence[str], inside: "Handed", found: Bundle, notes: Sequence[str]) -> Bundle:
        """A bundle of a subfolder, with where it was found."""
        at = self
        for name in path:
            at._used.add(name)
            at = at._folders[name]
        if stamps := tuple("/".join((*path, name)) for name in inside._used_stamps()):
            self._stamps = (*self._stamps, *stamps)
            self._used.update(stamps)
        elif found.submitted is not None:
            self._used.update(self._stamps)
        note = f"It was found in the folder '{_joined(path)}'."
        return replace(found, notes=(note, *notes, *found.notes))

    def _below(self) -> Iterator[tuple[tuple[str, ...], "Handed"]]:
        """The subfolders that may hold a file of an exercise, the nearest first."""
        level: list[tuple[tuple[str, ...], Handed]] = [((), self)]
        opened = 0
        while level:
            below: list[tuple[tuple[str, ...], Handed]] = []
            for path, at in level:
                for entry in at._searched():
                    opened += 1
                    if opened > FOLDERS:
                        self._crowded = True
                        return
                    with suppress(OSError):
                        below.append(((*path, entry.name), at._folder(entry)))
            yield from below
            level = below

    def _searched(self) -> list[Entry]:
        """The folders here whose files may count."""
        if not self._levels:
            return []
        folders = [entry for entry in self._there.values() if entry.kind == "folder"]
        return [entry for entry in folders if entry.name.lower() not in ENVIRONMENTS]

    def _folder(self, entry: Entry) -> "Handed":
        """A folder in this one; each is opened once. One named after an exercise is that exercise's.

        Raises:
            OSError: It cannot be opened.
        """
        if entry.name not in self._folders:
            place, levels = self._place.inside(entry), max(self._levels - 1, 0)
            points = self._known.get(entry.name)
            known = self._known if points is None else {entry.name: points}
            self._folders[entry.name] = Handed(
                place, known, self._meter, self._clock, levels=levels, asked=self._asked
            )
        return self._folders[entry.name]

    def _notebooks(self, exercise: str) -> Bundle | None:
        """All notebooks that may hold the exercise, for the far side to search."""
        found, left_out = search(exercise, self._known, self._there, self._contents)
        if not found:
            return None
        self._used.update(file.name for file in found)
        searched = listed([file.name for file in found])
        notes = [f"There is no {' or '.join(expected(exercise))}; looked for it in {searched}."]
        if left_out:
            notes.append(f"There were too many or too large ones to look in {listed(left_out)} too.")
        beside = self._contents.beside("", *(file.content for file in found))
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
                self._archives[name] = Handed(
                    place, self._known, self._meter, levels=self._levels, asked=self._asked
                )
            except (OSError, Refused) as error:
                self._archives[name] = broken_file(name, error)
        return self._archives[name]

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

    def _time(self, files: Sequence[SubmittedFile]) -> datetime | None:
        return self._time_of([file.name for file in files])

    def _time_of(self, names: Sequence[str]) -> datetime | None:
        """When files of these names were handed in, if anybody asks and anything tells."""
        self._used.update(self._stamps)
        return self._clock.read(self._place, [self._there[name] for name in names]) if self._clock else None

    def _used_stamps(self) -> list[str]:
        return [name for name in self._stamps if name in self._used]

    def _is_unread(self, entry: Entry) -> bool:
        """Whether nothing was said of an entry, and the course did not hand it out itself."""
        if entry.name in self._used or entry.name in self._tests:
            return False
        if entry.name in HANDED_OUT and len(self._known) == 1:  # in the folder of an exercise
            return False
        exercise = self._exercise_files.get(entry.name) or entry.name
        return exercise not in self._known or exercise in self._asked


def _is_missing(problem: Finding | None) -> bool:
    return isinstance(problem, MissingFile) and problem.near is None


def _is_elsewhere(problem: Finding | None) -> bool:
    """Whether an archive does not hold the file, as far as is known."""
    return isinstance(problem, MissingFile) or (
        isinstance(problem, UnreadableFile) and problem.reason == "archive"
    )


def _is_hidden_source(entry: Entry) -> bool:
    """Whether it is hidden and yet somebody's work; '._softmax.py' is what macOS leaves behind."""
    source = entry.name.lower().endswith((".py", ".ipynb"))
    return entry.kind == "file" and source and not entry.name.startswith("._")


def _joined(path: Sequence[str]) -> str:
    return "/".join(path)
