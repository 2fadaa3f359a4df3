"""Where a student's files lie, as links from a page in the run's folder.

Only what is there is linked to, and every address begins with our own folder, so
that no name can make one that leads elsewhere.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from grader.report.files import folder_name
from grader.report.safe import safe_text

_FILES = {"report.html": "page", "report.txt": "text", "report.json": "data"}
"""What a student's folder may hold, and what a link to it is called; the first one there is the best."""

_STAFF = "staff"
"""The folder of the pages for staff, and what a link to one is called: better than all others."""

_GRADED = ".graded.html"

_NAME = 40
"""Characters of a notebook's name in a link."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its address, and its words, inert."""

    href: str
    words: str

    @property
    def is_page(self) -> bool:
        """Whether it leads to a page of ours, in which places have names."""
        return self.href.endswith(".html")


def anchor(number: int) -> str:
    """What the exercise of this number, from 1 in the report's order, is called on a student's page."""
    return f"exercise-{number}"


def links(out: Path, student: str) -> tuple[Link, ...]:
    """The files of a student under the run's folder, the best for staff first; graded notebooks last."""
    name = folder_name(student)
    try:
        there = {path.name for path in (out / "students" / name).iterdir()}
    except OSError:
        return ()
    found = [(file, words) for file, words in _FILES.items() if file in there]
    notebooks = sorted(file for file in there if file.endswith(_GRADED))
    found += [(file, safe_text(file.removesuffix(_GRADED), _NAME)) for file in notebooks]
    own = [Link(f"students/{quote(name, safe='')}/{_quoted(file)}", words) for file, words in found]
    if (out / _STAFF / f"{name}.html").is_file():
        own.insert(0, Link(f"{_STAFF}/{quote(name, safe='')}.html", "for staff"))
    return tuple(own)


def _quoted(file: str) -> str:
    return quote(file.encode("utf-8", "surrogateescape"), safe="")
