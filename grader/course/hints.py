"""The hints of an exercise: `hints.md` beside its handout, one section a hint.

Each heading `## ` begins a hint; what stands before the first one is for whoever
opens the file itself. Hints go from a nudge to nearly the answer, and are shown
one at a time. An exercise without the file has none.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from grader.course.files import reason
from grader.course.manifest import Hint
from grader.errors import CourseError

HINTS_FILE = "hints.md"

_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_HEADING = re.compile(r"##[ \t]+(?P<title>.*?)[ \t#]*$")


def read_hints(path: Path, where: str) -> tuple[Hint, ...]:
    """The hints in the file at `path`; none if there is no file.

    Args:
        path: The file.
        where: What messages call it.

    Raises:
        CourseError: It cannot be read, has no section, or has a section without a word.
    """
    if not path.is_file():
        return ()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{where} cannot be read ({reason(error)}).") from None
    hints = tuple(Hint(title=title, text=text) for title, text in _sections(text))
    if not hints:
        raise CourseError(
            f"{where} has no hint: begin each with a heading such as '## Look at one row', "
            "or take the file away."
        )
    for hint in hints:
        if not hint.title or not hint.text:
            raise CourseError(
                f"{where}: the hint '{hint.title}' is empty; write a heading and a text, or take it out."
            )
    return hints


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Title and text of each section; a heading within a fenced block is code."""
    title: str | None = None
    lines: list[str] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            lines.append(line.rstrip())
            continue
        if title is not None:
            yield title, "\n".join(lines).strip("\n")
        title, lines = heading["title"], []
    if title is not None:
        yield title, "\n".join(lines).strip("\n")
