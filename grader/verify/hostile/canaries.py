"""Canaries: tokens that must not turn up, and places that must stay as they are.

Every run draws fresh tokens. An attack names the places that it is after as
`@@place@@` in its files, and gets a canary of its own for each, so that what was
touched says who touched it. The attack is told where they are: it must fail
because of a wall, not because it did not find the way. Nothing here judges.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.verify.hostile.watchers import Listeners, Segment, Victim

TOKEN = re.compile(r"canary-([a-z]+(?:-[a-z]+)*)-([0-9a-f]{24})")
"""A token: which place it was planted in, and what is random about it."""

PLACE = re.compile(r"@@([a-z0-9_]+(?::[a-z]+)?)@@")
"""How a file of the class names a place, `@@file@@`, or a token of the course, `@@token:hidden@@`."""

SHARED = ("hidden", "reference", "secret", "memory", "input", "neighbour", "environ", "argument")
"""Places of tokens that there is one of in a run."""


def token(place: str) -> str:
    """A fresh token for a place."""
    return f"canary-{place}-{secrets.token_hex(12)}"


class Canaries:
    """The canaries of one run, used as a context manager.

    Args:
        root: A folder for files; whoever may read this may read all of them.
        places: Paths of the course and the class, by the names that attacks use.

    Attributes:
        tokens: What is planted once a run, by place.
        marker: Names of things that attacks make begin with it.
    """

    def __init__(self, root: Path, places: dict[str, str]) -> None:
        self.tokens = {place: token(place) for place in SHARED}
        self.marker = f"hostile-{secrets.token_hex(6)}"
        self._root = root
        self._places = places
        self._stack = ExitStack()
        self._listeners = Listeners(root)
        self._files: dict[str, list[tuple[Path, str]]] = {}
        self._folders: dict[str, list[Path]] = {}
        self._victims: dict[str, list[Victim]] = {}
        self._segments: dict[str, list[Segment]] = {}
        self._own: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Self:
        self._stack.enter_context(self._listeners)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    # --- planting ---------------------------------------------------------------

    def fill(self, text: str, student: str) -> str:
        """`text` with every place that it names filled in for `student`; equal places are one canary."""
        return PLACE.sub(lambda match: self._value(match.group(1), student), text)

    def _value(self, name: str, student: str) -> str:
        if name.startswith("token:"):
            return self.tokens[name.removeprefix("token:")]
        if name == "shared":
            return f"{self.marker}-shared"  # everybody's, to meet there
        if name in self._places:
            return self._places[name]
        mine = self._own.setdefault(student, {})
        if name not in mine:
            mine[name] = self._plant(name, student)
        return mine[name]

    def _plant(self, name: str, student: str) -> str:
        makers: dict[str, Callable[[str], str]] = {
            "marker": lambda who: f"{self.marker}-{secrets.token_hex(4)}",
            "own": lambda who: token("own"),
            # Written backwards, so that a source line in a report is no confession.
            "confession": lambda who: token("confession")[::-1],
            "new_key": lambda who: str(0x10000000 | secrets.randbits(27)),
            "file": self._file,
            "folder": self._folder,
            "victim": self._victim,
            "posix_shm": lambda who: self._segment(who, "posix"),
            "sysv_shm": lambda who: self._segment(who, "sysv"),
        }
        if name in self._listeners.KINDS:
            return self._listeners.listen(name, student)
        return makers[name](student)

    def _file(self, student: str) -> str:
        path = self._root / f"canary-{secrets.token_hex(6)}.txt"
        content = token("file") + "\n"
        path.write_text(content)
        path.chmod(0o666)
        self._files.setdefault(student, []).append((path, content))
        return str(path)

    def _folder(self, student: str) -> str:
        path = self._root / f"folder-{secrets.token_hex(6)}"
        path.mkdir()
        path.chmod(0o777)
        self._folders.setdefault(student, []).append(path)
        return str(path)

    def _victim(self, student: str) -> str:
        victim = self._stack.enter_context(Victim(token("victim")))
        self._victims.setdefault(student, []).append(victim)
        return str(victim.pid)

    def _segment(self, student: str, kind: str) -> str:
        segment = self._stack.enter_context(Segment(kind, token("shm")))
        self._segments.setdefault(student, []).append(segment)
        return segment.name

    # --- looking after them --------------------------------------------------------

    def own(self, student: str, name: str) -> str | None:
        """What `name` was filled in with for `student`, if it was named."""
        return self._own.get(student, {}).get(name)

    def touched(self, student: str) -> list[str]:
        """What happened to the canaries of `student`, one phrase each; empty if they are as planted."""
        found = [f"it reached the listener {kind}" for kind in self._listeners.called(student)]
        for path, content in self._files.get(student, []):
            try:
                same = path.read_text() == content and path.stat().st_mode & 0o777 == 0o666
            except (OSError, UnicodeDecodeError):
                same = False
            found += [] if same else ["it changed a file outside"]
        for folder in self._folders.get(student, []):
            if folder.is_mount():
                found.append("it mounted something outside")
            there = [each.name for each in folder.iterdir()] if folder.is_dir() else ["(removed)"]
            found += [f"it wrote {there[0]!r} outside"] if there else []
        found += [
            f"it {done} a process outside"
            for each in self._victims.get(student, [])
            for done in each.suffered()
        ]
        found += [
            f"it changed shared memory outside ({segment.kind})"
            for segment in self._segments.get(student, [])
            if segment.changed()
        ]
        return found


def tokens_in(text: str) -> dict[str, str]:
    """Every token in a text, with its place."""
    return {match.group(0): match.group(1) for match in TOKEN.finditer(text)}
