"""One student's folder: which files belong to which exercise.

Rules only; reading is `reading`'s. Every file is read at most once, however
many exercises it goes along with. A folder cannot make the grader read without
end: there is a cap on each file, on how many helpers go along, and on their sum.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from grader.findings import Finding, MissingFile, UnreadableFile
from grader.submission.bundle import Bundle, SubmittedFile
from grader.submission.names import expected, listed, near
from grader.submission.reading import Entry, entries, opened, read

HELPERS = 50
"""Helper modules that go along: far more than people write, few enough to send for each exercise."""
HELPER_BYTES = 2 << 20
"""Their bytes in all: a long module has 50 KB."""
NAME_LENGTH = 200
"""Longest name that the wire carries."""
_CHOOSES = re.compile(
    rb"\b(?:import_module|__import__)\s*\(\s*[^\s\"'\\]|\b(?:glob|iterdir|listdir|scandir|runpy)\b"
)
"""What speaks of modules that are chosen while the code runs: then all of them go along."""
LOOKED_AT = 1000
"""Names that a guess at a misspelling looks at, so that a folder of a million files costs nothing."""


class Handed:
    """One opened folder of a student.

    Args:
        descriptor: The opened folder.
        known: For every exercise of the course, its entry points (() when they are not known).
        stack: Closes the descriptors of subfolders that are looked into.
    """

    def __init__(self, descriptor: int, known: Mapping[str, Sequence[str]], stack: ExitStack) -> None:
        self._descriptor = descriptor
        self._known = known
        self._stack = stack
        self._there = {entry.name: entry for entry in entries(descriptor) if not entry.hidden}
        self._contents: dict[str, bytes | UnreadableFile] = {}
        self._left_out: dict[str, str] = {}
        self._used: set[str] = set()

    def bundle(self, exercise: str) -> Bundle:
        """What was handed in for `exercise`: here, in a notebook, or in a subfolder of its name."""
        names = tuple(name for name in expected(exercise) if name in self._there)
        if names:
            return self.bundle_of(exercise, names)
        return (
            self._subfolder(exercise)
            or self._notebooks(exercise)
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
                return Bundle(exercise, (name,), files, tuple(notes), None)
            problems.append(content)
        self._used.update(there)
        return Bundle(exercise, (), (), (), problems[0])

    def notes(self) -> tuple[str, ...]:
        """One sentence each on what was not read, after all bundles were made."""
        notes = []
        if self._left_out:
            notes.append(f"Some helper files could not go along: {listed(list(self._left_out.values()))}.")
        unread = [entry for entry in self._there.values() if self._is_unread(entry)]
        if unread:
            names = [f"{entry.name}/" if entry.kind == "folder" else entry.name for entry in unread]
            notes.append(f"Not needed by any exercise, so not read: {listed(names)}.")
        return tuple(notes)

    def _subfolder(self, exercise: str) -> Bundle | None:
        entry = self._there.get(exercise)
        if entry is None or entry.kind != "folder":
            return None
        self._used.add(exercise)
        try:
            descriptor = self._stack.enter_context(opened(entry.raw, self._descriptor))
            inside = Handed(descriptor, {exercise: ()}, self._stack)
        except OSError as error:
            return broken(exercise, entry.name, error)
        found = inside.bundle_of(exercise, expected(exercise))
        if isinstance(found.problem, MissingFile) and found.problem.near is None:
            return None
        note = f"It was found in the folder '{exercise}'."
        return Bundle(exercise, found.main, found.files, (note, *found.notes), found.problem)

    def _notebooks(self, exercise: str) -> Bundle | None:
        """All notebooks that may hold the exercise, for the far side to search."""
        found = []
        for name, entry in self._there.items():
            if entry.name.lower().endswith(".ipynb") and entry.kind == "file" and len(name) <= NAME_LENGTH:
                content = self._read(name)
                if isinstance(content, bytes) and self._may_hold(name, content, exercise):
                    found.append(SubmittedFile(name, content))
        if not found:
            return None
        self._used.update(file.name for file in found)
        searched = listed([file.name for file in found])
        note = f"There is no {' or '.join(expected(exercise))}; looked for it in {searched}."
        return Bundle(
            exercise, (), (*found, *self._beside("", *(file.content for file in found))), (note,), None
        )

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
        tests = {f"test_{each}.py" for each in self._known}
        candidates = [
            entry.name
            for entry in self._there.values()
            if entry.kind != "folder" and entry.name not in tests and entry.name not in names
        ]
        guess = near(exercise, candidates[:LOOKED_AT], self._known)
        problem: Finding = MissingFile(expected=tuple(names), near=guess)
        return Bundle(exercise, (), (), (), problem)

    def _beside(self, main: str, *contents: bytes) -> tuple[SubmittedFile, ...]:
        """The modules that files of these contents import, and what those import in turn.

        Whatever else lies there stays: most folders hold all exercises and old
        drafts, and "read from" should name what was needed.
        """
        chosen: dict[str, bytes] = {}
        unseen = list(contents)
        while unseen:
            for name in self._wanted(unseen.pop()):
                if name == main or name in chosen:
                    continue
                content = self._helper(name, chosen)
                if content is not None:
                    chosen[name] = content
                    unseen.append(content)
        self._used.update(chosen)
        return tuple(SubmittedFile(name, chosen[name]) for name in sorted(chosen))

    def _wanted(self, content: bytes) -> list[str]:
        """The modules here that a file may import, by name."""
        helpers = sorted(name for name, entry in self._there.items() if self._is_helper(entry))
        if _CHOOSES.search(content):
            return helpers
        modules = _imported(content)
        return [name for name in helpers if name.removesuffix(".py") in modules]

    def _helper(self, name: str, chosen: Mapping[str, bytes]) -> bytes | None:
        """The content of a module that goes along with `chosen`; None, and a note, if it cannot."""
        content = self._read(name)
        if isinstance(content, UnreadableFile):
            if content.reason == "empty":
                return b""  # an empty module is a module
            if not self._is_exercise_file(name):  # those are told of in their own bundles
                self._leave_out(name, _why(content))
            return None
        if len(chosen) >= HELPERS or sum(map(len, chosen.values())) + len(content) > HELPER_BYTES:
            self._leave_out(name, f"more than {HELPERS} files or {HELPER_BYTES >> 20} MiB")
            return None
        return content

    def _leave_out(self, name: str, why: str) -> None:
        self._used.add(name)
        self._left_out.setdefault(name, f"{name} ({why})")

    def _read(self, name: str) -> bytes | UnreadableFile:
        if name not in self._contents:
            self._contents[name] = read(self._descriptor, self._there[name])
        return self._contents[name]

    def _is_helper(self, entry: Entry) -> bool:
        """Whether an entry is a module that the student's own code may import."""
        if not entry.name.endswith(".py") or len(entry.name) > NAME_LENGTH or entry.raw != entry.name:
            return False
        return entry.name not in {f"test_{exercise}.py" for exercise in self._known}

    def _is_exercise_file(self, name: str) -> bool:
        return any(name in expected(exercise) for exercise in self._known)

    def _is_unread(self, entry: Entry) -> bool:
        if entry.name in self._used or entry.name in self._known or self._is_exercise_file(entry.name):
            return False
        return entry.name not in {f"test_{exercise}.py" for exercise in self._known}


def _imported(content: bytes) -> set[str]:
    """Modules that a file may import; bytes are searched, nothing is parsed, doubt means yes.

    All words of a line that speaks of importing, and all words in quotes (for
    `exec(open("softmax.py"))` and lists of names). One pass: hostile files cost no more.
    """
    words: set[bytes] = set(re.findall(rb"[\"'](\w+)(?:\.py)?[\"'\\]", content))
    for line in content.replace(b"\\\n", b" ").replace(b"\\\r\n", b" ").splitlines():
        if re.search(rb"\bimport\b|\bimport_module\b|__import__", line):
            words.update(re.findall(rb"\w+", line))
    return {word.decode("ascii", "replace") for word in words}


def _why(problem: UnreadableFile) -> str:
    """A reason in brackets, in words."""
    return {"too-large": "too large", "link": "a link", "folder": "a folder"}.get(
        problem.reason, problem.reason
    )


def broken(exercise: str, name: str, error: OSError) -> Bundle:
    """The bundle of a folder that cannot be opened."""
    problem = UnreadableFile(file=name, reason="unreadable", detail=error.strerror or type(error).__name__)
    return Bundle(exercise, (), (), (), problem)
