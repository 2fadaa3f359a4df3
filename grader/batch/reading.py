"""The journal as others read it, while a driver writes to it or after.

Nothing is ever written, into the file or beside it: SQLite makes files of its
own where somebody opens a journal that nobody has open, read-only or not, so
that is done by a way that makes none. A reader is open for milliseconds, because
the last one to close a journal puts it in order, and that is to be the driver.
"""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from grader.batch.database import APPLICATION, VERSION, Database
from grader.batch.journal import JOURNAL, Records, Run
from grader.batch.notice import NOTICE
from grader.errors import OutputError

_CLOSING_SECONDS = 2.0
"""A driver that takes its notice down closes its journal next; a second on a slow disk."""

_BUSY_SECONDS = 2.0
"""Somebody else's transaction takes milliseconds, but for the start of a run over a large journal."""


class Changed(OutputError):
    """Somebody began to write while it was read; the next look will tell more."""


@dataclass(frozen=True)
class LastRun:
    """The run that began last.

    Attributes:
        run: Its number, when it began, what it graded.
        ended: When all was written, ISO 8601 in UTC; None as long as it is not.
    """

    run: Run
    ended: str | None


class Reading(Records):
    """A journal, open for reading."""

    def last_run(self) -> LastRun | None:
        """The run that began last; None where none has."""
        row = self._database.maybe(
            "SELECT id, started, exercises, ended FROM runs WHERE id = (SELECT max(id) FROM runs)"
        )
        if row is None:
            return None
        number, started, names, ended = row
        return LastRun(Run(number, started, tuple(map(str, self._database.plain(names)))), ended)

    def counting(self, run: Run) -> dict[str, tuple[int, ...]]:
        """For each student whom a run has published the results that count: others mean another report."""
        found = defaultdict[str, list[int]](list)
        for student, result in self._database.all(
            "SELECT student, result FROM published WHERE run = ? ORDER BY student, place", run.id
        ):
            found[student].append(result)
        return {student: tuple(results) for student, results in found.items()}

    def latest(self) -> int:
        """The number of the last result."""
        (number,) = self._database.one("SELECT coalesce(max(id), 0) FROM results")
        return int(number)

    def fresh(self, run: Run, after: int, most: int) -> list[tuple[int, str, str, dict[str, Any]]]:
        """Results since `run` began, of students whom it has not published: number, student, exercise, all.

        Args:
            run: The run.
            after: The number of the last one that is known.
            most: How many at a time.
        """
        rows = self._database.all(
            "SELECT id, student, exercise, report FROM results r WHERE id > ? AND recorded >= ? AND NOT "
            "EXISTS (SELECT 1 FROM students s WHERE s.run = ? AND s.student = r.student) ORDER BY id LIMIT ?",
            *(after, run.started, run.id, most),
        )
        return [
            (number, student, exercise, self._database.unpacked(data))
            for number, student, exercise, data in rows
        ]


@contextmanager
def reading(folder: Path) -> Iterator[Reading | None]:
    """The journal of a folder of reports, for a moment; None where there is none.

    Raises:
        Changed: It is being changed; look again later.
        OutputError: It cannot be read, or is none of this version.
    """
    path = folder / JOURNAL
    before = stamp(folder)
    if before[0] is None or path.is_symlink():
        yield None
        return
    is_quiet = before[1] is None and _needs_files(path)
    database = _ReadOnly(path, alone=is_quiet)
    try:
        yield Reading(database)
    finally:
        database.close()
    if is_quiet and stamp(folder) != before:
        raise Changed(f"'{path}' was written to while it was read.")


def stamp(folder: Path) -> tuple[tuple[int, int] | None, ...]:
    """What changes whenever the journal does: time and size of its file and of what is not in it yet."""
    return tuple(_stamp(folder / f"{JOURNAL}{ending}") for ending in ("", "-wal"))


def wait_until_closed(folder: Path) -> None:
    """Where a driver has just taken its notice down, let it close its journal."""
    end = time.monotonic() + _CLOSING_SECONDS
    while not (folder / NOTICE).exists() and stamp(folder)[1] is not None and time.monotonic() < end:
        time.sleep(0.02)


def _needs_files(path: Path) -> bool:
    """Whether SQLite would make files beside it to read it: what its header says of write-ahead logs."""
    try:
        with open(path, "rb") as file:
            return file.read(20)[18:] == b"\x02\x02"
    except OSError:
        return False


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


class _ReadOnly(Database):
    """The file, open for reading only.

    Args:
        path: The file; it is there.
        alone: Whether nobody has it open: then SQLite takes no lock and makes no file.
    """

    def __init__(self, path: Path, *, alone: bool) -> None:
        self._alone = alone
        super().__init__(path, "grader grade")

    def _connect(self) -> sqlite3.Connection:
        place = quote(str(self._path.absolute()).encode("utf-8", "surrogateescape"))
        how = "mode=ro&immutable=1" if self._alone else "mode=ro"
        return sqlite3.connect(f"file:{place}?{how}", uri=True, isolation_level=None, timeout=_BUSY_SECONDS)

    def _prepare(self, database: sqlite3.Connection) -> None:
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if (application, version) != (APPLICATION, VERSION):
            raise OutputError(f"'{self._path}' is no journal that this grader can read.")
        # One state for all that is read until it is closed.
        database.execute("BEGIN")
