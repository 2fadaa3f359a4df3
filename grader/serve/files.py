"""Which files of a run are served, and how they are opened: by a list of what may be, never by what may not.

The journal, marks set by hand and whatever else lies in the folder are not on
the list. A file is opened part by part from the run's folder on, and no part
may be a link, so that no path leads out of it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import BinaryIO

_MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".ipynb": "application/x-ipynb+json",
}

_KEPT = (".csv", ".ipynb")
"""What a browser cannot show and is to keep as a file."""

_SERVED = re.compile(
    r"""
    class\.html | grades\.(csv|txt) | run\.json | changes\.(csv|json)
    | students/[^/\0]+/(report\.(html|txt|json) | student\.json | [^/\0]+\.graded\.(html|ipynb))
    | staff/[^/\0]+\.html
    | similar/(index\.html | pair-\d{3,}\.html | similar\.json)
    """,
    re.VERBOSE,
)

_POLICY = re.compile(
    r"""<meta\ http-equiv="Content-Security-Policy"\ content="(
    default-src\ 'none';\ (img-src\ data:;\ )?style-src\ 'unsafe-inline';
    (\ script-src\ 'sha256-[A-Za-z0-9+/]{43}=';)?
    \ base-uri\ 'none';\ form-action\ 'none')">""",
    re.VERBOSE,
)
"""What pages of ours say in their head, before any student's text: the most that a page may be allowed."""

_HEAD_BYTES = 2000
"""So much of a page holds its policy."""

_PIECE = 1 << 16


@dataclass(frozen=True)
class Served:
    """A file that may be served, open.

    Attributes:
        file: Its bytes.
        size: How many there are.
        media: What they are.
        policy: What a page says that it may do; '' where it says nothing that is known.
        keep_as: The name under which a browser is to keep it; '' where it is to show it.
    """

    file: BinaryIO
    size: int
    media: str
    policy: str
    keep_as: str

    def pieces(self) -> Iterator[bytes]:
        """All of it, and then it is closed."""
        with self.file:
            left = self.size
            while left and (piece := self.file.read(min(_PIECE, left))):
                left -= len(piece)
                yield piece


def is_served(path: str) -> bool:
    """Whether a path in the run's folder is of a file that is served."""
    return bool(_SERVED.fullmatch(path)) and not {".", ".."} & set(path.split("/"))


def opened(folder: Path, path: str) -> Served | None:
    """A file in the run's folder, open; None where there is none that is served.

    Args:
        folder: The run's folder.
        path: Where in it, with slashes.
    """
    if not is_served(path):
        return None
    try:
        file = os.fdopen(_descriptor(folder, path.split("/")), "rb")
    except (OSError, ValueError):  # a name that no file can have is a ValueError
        return None
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        file.close()
        return None
    ending = os.path.splitext(path)[1]
    return Served(
        file,
        found.st_size,
        _MEDIA[ending],
        policy=_policy(file) if ending == ".html" else "",
        keep_as=path.rpartition("/")[2] if ending in _KEPT else "",
    )


def _descriptor(folder: Path, parts: list[str]) -> int:
    way = os.O_RDONLY | os.O_CLOEXEC
    at = os.open(folder, way | os.O_DIRECTORY)  # that one may be a link: it was named by the staff
    for place, part in enumerate(parts):
        # A pipe would be waited for.
        kind = os.O_NONBLOCK if place == len(parts) - 1 else os.O_DIRECTORY
        try:
            further = os.open(part, way | os.O_NOFOLLOW | kind, dir_fd=at)
        finally:
            os.close(at)
        at = further
    return at


def policy_of(page: bytes) -> str:
    """What a page of ours says in its head that it may do; '' where it says nothing that is known."""
    head = page[:_HEAD_BYTES].decode("utf-8", "replace").partition("<title")[0]
    found = _POLICY.search(unescape(head))
    return found[1] if found else ""


def _policy(file: BinaryIO) -> str:
    found = policy_of(file.read(_HEAD_BYTES))
    file.seek(0)
    return found
