"""One writer at a time: a lock file that says who has it.

The kernel forgets the lock when its process ends, however that ends, so that no
lock is ever stale. The file stays where it is, unless its owner takes it away.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from grader.errors import OutputError


class Lock:
    """The lock of a file, held from the start until `release`.

    Args:
        path: The lock file, made if it is not there.

    Raises:
        OutputError: Another process has it, or it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._taken()
        os.ftruncate(self._file, 0)
        with suppress(OSError):  # on a full disk nobody can read who has the lock, and it holds all the same
            os.write(self._file, f"{os.getpid()}\n".encode("ascii"))

    def release(self, *, remove: bool = False) -> None:
        """Let it go.

        Args:
            remove: Whether the file goes, too.
        """
        if self._file < 0:
            return
        if remove:
            self._path.unlink(missing_ok=True)
        os.close(self._file)
        self._file = -1

    def _taken(self) -> int:
        while True:
            file = self._opened()
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                there = os.stat(self._path, follow_symlinks=False)
                if os.path.samestat(os.fstat(file), there):
                    return file
            except FileNotFoundError:
                pass  # whoever had it took the file away between our two looks: again
            except BlockingIOError:
                owner = os.pread(file, 20, 0).decode("ascii", "replace").strip()
                os.close(file)
                raise OutputError(self._held(owner)) from None
            except OSError as error:
                os.close(file)
                raise OutputError(f"'{self._path}' cannot be locked ({error.strerror}).") from None
            os.close(file)

    def _opened(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise OutputError(
                f"'{self._path}' cannot be opened ({error.strerror}); name another folder with --out."
            ) from None

    def _held(self, owner: str) -> str:
        who = f"process {owner}" if owner.isdigit() else "another process"
        return (
            f"Another grader ({who}) is writing to '{self._path.parent}'; "
            "wait for it to end, or name another folder with --out."
        )
