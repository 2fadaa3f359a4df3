"""Notebooks of any name: which of them may hold an exercise that has no file of its own.

Told from their bytes alone: the names that the exercise asks for are searched
in them, and nothing is parsed. The far side finds the cells that count. Nobody
can make the grader search without end: there is a cap on how many go along.
"""

import re
from collections.abc import Mapping, Sequence

from grader.submission.bundle import SubmittedFile
from grader.submission.contents import NAME_LENGTH, Contents
from grader.submission.names import expected
from grader.submission.place import Entry

NOTEBOOKS = 50
"""Notebooks that are searched for an exercise without a file of its own, the first by name."""
NOTEBOOKS_BYTES = 40 << 20
"""Their bytes in all: two full of pictures. Every finding looks for its lines in all of them."""


def search(
    exercise: str, known: Mapping[str, Sequence[str]], there: Mapping[str, Entry], contents: Contents
) -> tuple[list[SubmittedFile], list[str]]:
    """The notebooks of a place that may hold an exercise, and the names of those that no longer fit.

    Args:
        exercise: Which.
        known: For every exercise of the course, its entry points.
        there: What lies in the place, by name.
        contents: Its bytes.
    """
    names = [
        name
        for name, entry in there.items()
        if name.lower().endswith(".ipynb") and entry.kind == "file" and len(name) <= NAME_LENGTH
    ]
    found: list[SubmittedFile] = []
    left_out = names[NOTEBOOKS:]
    for name in names[:NOTEBOOKS]:
        content = contents.read(name)
        if isinstance(content, bytes) and _may_hold(exercise, known, name, content):
            if sum(len(file.content) for file in found) + len(content) > NOTEBOOKS_BYTES:
                left_out.append(name)
            else:
                found.append(SubmittedFile(name, content))
    return found, left_out


def _may_hold(exercise: str, known: Mapping[str, Sequence[str]], name: str, content: bytes) -> bool:
    """Whether a notebook speaks of the exercise's entry points."""
    points = "|".join(re.escape(point) for point in known.get(exercise, ()))
    if not points:
        return True
    theirs = any(name in expected(other) for other in known)
    # In another exercise's notebook a mention is not enough: loss notebooks speak of softmax.
    form = rf"\b(def|class)\s+({points})\b|\b({points})\s*=" if theirs else rf"\b({points})\b"
    return re.search(form.encode(), content) is not None
