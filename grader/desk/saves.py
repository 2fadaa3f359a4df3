"""Tell of saves: a descriptor that becomes readable when something in some folders has changed.

watchfiles listens in a thread of its own; what has changed is not looked at here,
because editors write beside and rename, write twice, or leave files of their own.
Whoever is told compares contents. Folders, not files: a file may go and come again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, watch

STEP_MS = 10
"""How long nothing may happen before it is told: an editor's several writes come within a few ms."""

DEBOUNCE_MS = 100
"""How long it may go on happening: saves are to be seen within 200 ms, whatever else is written there."""

POLL_MS = 100
"""Between two looks where the system does not tell: some hundred files are looked at in a few ms."""

CHECK_MS = 1000
"""How often the thread wakes although nothing happens."""

_ENDINGS = ("", ".py", ".ipynb", ".toml", ".md")
"""Of what a change is told: code, what an exercise is read from, and folders. A log may grow all evening."""

LEAVE_SECONDS = 2.0
"""The thread sees within a step that it is to end."""

_SHARED = ("9p", "afs", "cifs", "drvfs", "fuse", "nfs", "prl_fs", "smb", "vboxsf", "virtiofs", "vmhgfs")
"""How the names of file systems begin in which somebody else may write, of which Linux says nothing."""

_MOUNTS = Path("/proc/self/mountinfo")


class Saves:
    """Tells when something in some folders has changed; a context manager.

    Attributes:
        polled: The folder because of which is looked again and again, if the system does not tell.
    """

    def __init__(self) -> None:
        self.polled: Path | None = None
        self._told, self._telling = os.pipe()
        os.set_blocking(self._told, False)
        os.set_blocking(self._telling, False)
        self._folders: frozenset[tuple[Path, int]] = frozenset()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Saves:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def fileno(self) -> int:
        """What is readable when something has changed."""
        return self._told

    def watch(self, folders: Iterable[Path]) -> None:
        """Tell of these folders, as far as they are there; does nothing if it does so already."""
        found = frozenset(there for folder in folders for there in _there(folder))
        if found == self._folders and (self._thread is None or self._thread.is_alive()):
            return
        self._end()
        self._folders = found
        if not found:
            return
        paths = sorted(path for path, _ in found)
        self.polled = next((path for path in paths if is_shared(path)), None)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(paths, self._stop), daemon=True)
        self._thread.start()

    def take(self) -> None:
        """Know that something has changed: `fileno` is readable again with the next change."""
        with suppress(BlockingIOError):
            os.read(self._told, 4096)

    def close(self) -> None:
        """Listen no more."""
        self._end()
        for descriptor in (self._told, self._telling):
            os.close(descriptor)

    def _end(self) -> None:
        if self._thread is not None:
            self._stop.set()
            self._thread.join(LEAVE_SECONDS)
            self._thread = None
        self._folders = frozenset()

    def _listen(self, paths: list[Path], stop: threading.Event) -> None:
        try:
            self._pass_on(paths, stop, polling=self.polled is not None)
        except FileNotFoundError:
            return  # a folder has gone; whoever looks again names those that are there
        except OSError:  # the user's share of inotify is used up, by an editor mostly
            self.polled = paths[0]
            self._tell()
            self._pass_on(paths, stop, polling=True)

    def _pass_on(self, paths: list[Path], stop: threading.Event, *, polling: bool) -> None:
        folders = set(map(str, paths))
        for changes in watch(
            *paths,
            watch_filter=lambda change, path: path in folders or Path(path).suffix in _ENDINGS,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=stop,
            rust_timeout=CHECK_MS,
            raise_interrupt=False,
            force_polling=polling or None,
            poll_delay_ms=POLL_MS,
            recursive=False,
        ):
            self._tell()
            if any(change is Change.deleted and path in folders for change, path in changes):
                return  # one that is made again is another, for which nobody listens yet

    def _tell(self) -> None:
        with suppress(OSError):  # it was told often enough, or nobody listens any more
            os.write(self._telling, b".")


def is_shared(folder: Path, mounts: Path = _MOUNTS) -> bool:
    """Whether a folder is on a file system in which others may write, such as a host or a server."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return False  # not Linux: there the system tells
    best, kind = "", ""
    for line in lines:
        before, _, after = line.partition(" - ")
        point = before.split()[4].replace("\\040", " ")
        if len(point) >= len(best) and folder.resolve().is_relative_to(point):
            best, kind = point, after.split()[0]
    return kind.startswith(_SHARED)


def _there(folder: Path) -> list[tuple[Path, int]]:
    """A folder and which one it is: one that was removed and made again is another."""
    try:
        return [(folder, folder.stat().st_ino)] if folder.is_dir() else []
    except OSError:
        return []
