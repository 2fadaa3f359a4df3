"""The folders of the workers, all in one folder of the judge's.

A worker's folder can be removed beside the judge's own work: what a student's
code left there may be thousands of files. One thread does it, started when it
is first needed. After `close` nothing is left.
"""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

CLOSE_SECONDS = 10.0
"""How long `close` waits for the thread; whatever it has not removed then is removed without it."""


class Folders:
    """Makes and removes the workers' folders.

    Attributes:
        path: The folder that they are all in.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="grader-"))
        self._queue: SimpleQueue[Path | None] = SimpleQueue()
        self._thread: Thread | None = None

    def new(self) -> Path:
        """An empty folder for a worker."""
        return Path(tempfile.mkdtemp(dir=self.path))

    def remove(self, folder: Path) -> None:
        """Remove a folder with all that is in it, now."""
        with suppress(RecursionError):
            shutil.rmtree(folder, ignore_errors=True)

    def remove_later(self, folder: Path) -> None:
        """Remove a folder without waiting for it."""
        if self._thread is None:
            self._thread = Thread(target=self._remove_all, name="scratch folders", daemon=True)
            self._thread.start()
        self._queue.put(folder)

    def remove_every(self) -> None:
        """Remove the folders of all workers, without waiting for it."""
        for folder in self.path.iterdir():
            self.remove_later(folder)

    def close(self) -> None:
        """Remove everything, the common folder too."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(CLOSE_SECONDS)
            self._thread = None
        self.remove(self.path)

    def _remove_all(self) -> None:
        while (folder := self._queue.get()) is not None:
            self.remove(folder)
