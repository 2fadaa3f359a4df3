"""How far a batch is, for others to see: one small file among the reports while it runs.

The journal says what is graded; this says what is not in there: how many
students there are, what runs, how long it may take. It is a notice and no
record: gone when the batch ends, and only believed while somebody holds the
journal's lock, because whoever is killed leaves it behind.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.batch.journal import LOCK

NOTICE = "progress.json"

_AGAIN_SECONDS = 0.5
"""Between two looks at what is to be said: soon enough for somebody who watches, and a file of a kilobyte."""

_MOST_BYTES = 1 << 20
"""No notice is as long: names of some hundred submissions that run."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Running(_Said):
    """A submission that is being judged.

    Attributes:
        student: Whose; made inert.
        exercise: Which exercise.
        attempt: Which attempt, inert; '' where there is one.
        began: When, in seconds of the system's clock.
    """

    student: str
    exercise: str
    attempt: str
    began: float


class Notice(_Said):
    """How far a batch is.

    Attributes:
        students: How many students are there.
        graded: Exercises that were run.
        reused: Exercises whose result was in the journal.
        ends: When it may end, in seconds of the system's clock; None where that would be a guess.
        running: What runs, the longest first; of very many the first ones.
    """

    students: int
    graded: int
    reused: int
    ends: float | None
    running: tuple[Running, ...]

    def is_as(self, other: Notice | None) -> bool:
        """Whether it says what another one does, but for moments that are reckoned anew each time."""
        return other is not None and self._counted() == other._counted()

    def _counted(self) -> tuple[object, ...]:
        running = {(each.student, each.exercise, each.attempt) for each in self.running}
        return self.students, self.graded, self.reused, running


class Posted:
    """Keeps a notice up to date as long as the `with` lasts, in a thread of its own.

    A disk that is full is no reason to stop grading, so what cannot be written is left out.

    Args:
        folder: The folder of the reports, whose journal is held.
        look: Says how far it is; asked in the thread.
    """

    def __init__(self, folder: Path, look: Callable[[], Notice]) -> None:
        self._path = folder / NOTICE
        self._look = look
        self._over = Event()
        self._thread = Thread(target=self._keep, name="notice", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _keep(self) -> None:
        said: Notice | None = None
        while True:
            now = self._look()
            if not now.is_as(said):
                said = now
                with suppress(OSError):
                    self._write(now)
            if self._over.wait(_AGAIN_SECONDS):
                return

    def _write(self, notice: Notice) -> None:
        # Beside its place and renamed, so that nobody reads half; unlike a report it need not outlast a
        # power cut, so the disk is not waited for.
        beside = self._path.with_name(f".{os.urandom(8).hex()}.part")
        try:
            beside.write_bytes(notice.model_dump_json().encode())
            os.replace(beside, self._path)
        finally:
            beside.unlink(missing_ok=True)


def read_notice(folder: Path) -> Notice | None:
    """What the notice in a folder of reports says; None if there is none that can be read."""
    try:
        with open(folder / NOTICE, "rb", opener=_plain) as file:
            return Notice.model_validate_json(file.read(_MOST_BYTES))
    except (OSError, ValidationError):
        return None


def is_held(folder: Path) -> bool:
    """Whether somebody is writing to a folder of reports now.

    Nothing is written for that. A lock that is free is taken for a moment, so
    ask only where a notice says that a batch runs.
    """
    try:
        file = os.open(folder / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(file)


def _plain(path: str, flags: int) -> int:
    # Neither a link nor a pipe that would be waited for.
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
