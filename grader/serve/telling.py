"""What the live page is told: how far it is, and the rows that are new to it, as plain data.

Every string is inert and short; the page makes text of it and never markup. Only
what a page has not seen is told to it, so that a student who is done costs a few
hundred bytes in a class of any size.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from grader.pages.roll import ODD
from grader.report.html import tone
from grader.report.numbers import points
from grader.report.safe import safe_text
from grader.report.words import name
from grader.serve.files import is_served
from grader.serve.lookout import Lookout, Phase
from grader.serve.rows import Row
from grader.verdicts import SEVERITY

_RUNNING = 12
"""Submissions that run and are named; how many more there are is said."""

_NAMED = 8
"""Students of an oddity who are named; how many more there are is said."""

_NAME = 60

_NUMBER = re.compile("[0-9]{1,15}")

ODDITIES = list(ODD.items())
"""What may be odd, and what it means; what is told of each is a fact of its own, by its place here."""

VERDICTS = {verdict.value: tone(verdict) for verdict in SEVERITY}
"""The words of each verdict, from harmless to grave, and how it looks; rows have its place in this list."""

_PLACES = {verdict: place for place, verdict in enumerate(VERDICTS)}

_PAGES = (
    ("class.html", "The class"),
    ("grades.csv", "Gradebook"),
    ("changes.csv", "What changed"),
    ("run.json", "All data"),
    ("similar/index.html", "Alike"),
)
"""What there may be beside the students' pages, and what a link to it is called."""


@dataclass(frozen=True)
class Update:
    """One message to a page.

    Attributes:
        id: What the page has seen when it has this.
        is_whole: Whether it begins anew with this, or adds it to what it has.
        data: What is told, as JSON in ASCII.
    """

    id: str
    is_whole: bool
    data: str


class Herald:
    """Tells pages what a lookout sees; may be asked in any thread.

    Args:
        folder: The folder of reports.

    Attributes:
        lookout: Who looks.
    """

    def __init__(self, folder: Path) -> None:
        self.lookout = Lookout(folder)
        self._lock = Lock()
        self._epoch = ""
        self._facts: dict[str, Any] = {}
        self._changed: dict[str, int] = {}
        self._note()

    def look(self) -> bool:
        """Look once; whether there is something to tell."""
        with self._lock:
            is_new = self.lookout.look()
            if is_new:
                self._note()
            return is_new

    def class_so_far(self) -> bytes | None:
        """The page of the class of those who are done; None where that is the file's business."""
        with self._lock:
            return self.lookout.class_so_far()

    def update(self, seen: str = "") -> Update | None:
        """What to tell a page that has seen `seen`; None where there is nothing new.

        Args:
            seen: The id of the page's last update; '' where there is none.
        """
        with self._lock:
            rows, epoch = self.lookout.rows, self._epoch
            since = _version(seen, epoch)
            is_whole = since is None or since > rows.version
            if is_whole or since is None:
                since = -1
            elif since == rows.version:
                return None
            new, gone = rows.since(since)
            told = {fact: self._facts[fact] for fact, changed in self._changed.items() if changed > since}
            told |= {"now": time.time(), "rows": [_row(number, row) for number, row in new], "gone": gone}
            data = json.dumps(told, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
            return Update(f"{epoch}.{rows.version}", is_whole, data)

    def _note(self) -> None:
        """Remember which facts are new since when."""
        if self.lookout.epoch != self._epoch:  # another run
            self._epoch, self._facts, self._changed = self.lookout.epoch, {}, {}
        for fact, told in _facts(self.lookout).items():
            if fact not in self._facts or self._facts[fact] != told:
                self._facts[fact], self._changed[fact] = told, self.lookout.rows.version


def _version(seen: str, epoch: str) -> int | None:
    """The version that somebody has seen; None where it is none of this time's."""
    of, _, version = seen.partition(".")
    return int(version) if of == epoch and _NUMBER.fullmatch(version) else None


def _row(number: int, row: Row) -> list[Any]:
    cells = [[score, _PLACES[verdict]] if verdict in _PLACES else 0 for score, verdict in row.cells]
    return [number, row.name, row.href, row.total, cells, int(row.is_done)]


def _facts(lookout: Lookout) -> dict[str, Any]:
    """All but the rows."""
    notice, last = lookout.notice, lookout.last
    done = sum(row.is_done for row in lookout.rows)
    return {
        "phase": lookout.phase.value,
        "problem": lookout.problem,
        "started": last.run.started if last is not None else "",
        "ended": (last.ended or "") if last is not None else "",
        "done": done,
        "students": max(notice.students, done) or None if notice is not None else None,
        "left": lookout.left,
        "graded": notice.graded if notice is not None else None,
        "reused": notice.reused if notice is not None else None,
        "ends": notice.ends if notice is not None else None,
        "running": [
            [_words(each.student, each.attempt, each.exercise), each.began]
            for each in (notice.running if notice is not None else ())[:_RUNNING]
        ],
        "more": max(0, len(notice.running) - _RUNNING) if notice is not None else 0,
        "exercises": _exercises(lookout),
        "pages": _pages(lookout),
    } | _odd(lookout)


def _words(*words: str) -> str:
    return " ".join(safe_text(word, _NAME) for word in words if word)


def _exercises(lookout: Lookout) -> list[list[Any]]:
    """Of each exercise its name, the most points, and how often each verdict came."""
    counts: list[dict[int, int]] = [{} for _ in lookout.exercises]
    for row in lookout.rows:
        for found, (_, verdict) in zip(counts, row.cells, strict=False):
            if verdict in _PLACES:
                found[_PLACES[verdict]] = found.get(_PLACES[verdict], 0) + 1
    return [
        [name(exercise), points(most) if most else "", sorted(found.items())]
        for (exercise, most), found in zip(lookout.exercises.items(), counts, strict=True)
    ]


def _odd(lookout: Lookout) -> dict[str, Any]:
    """For each thing that may be odd how many students, and the first ones with their exercises."""
    found: dict[str, list[tuple[int, str]]] = {kind: [] for kind, _ in ODDITIES}
    for number, row in lookout.rows.numbered():
        for kind, exercises in row.odd.items():
            found[kind].append((number, ", ".join(map(name, exercises))))
    return {f"odd{place}": [len(who), who[:_NAMED]] for place, who in enumerate(found.values())}


def _pages(lookout: Lookout) -> list[tuple[str, str]]:
    so_far = lookout.phase in (Phase.GRADING, Phase.STOPPED) and any(row.is_done for row in lookout.rows)
    return [
        (path, f"{words} so far" if path == "class.html" and so_far else words)
        for path, words in _PAGES
        if is_served(path) and ((path == "class.html" and so_far) or (lookout.folder / path).is_file())
    ]
