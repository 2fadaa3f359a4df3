"""What everybody was given: code in it is nobody's, and counts for no pair.

The stub, the visible tests, and the code in the handout and the hints. It is the
staff's own text, and still goes over the wall: so it becomes tokens in the same
way as everything else.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from grader.course import Exercise
from grader.similar.fingerprints import grams
from grader.similar.reading import Reader
from grader.submission import SubmittedFile

_BLOCK = re.compile(r"^(```+|~~~+)[^\n]*\n(.*?)^\1", re.MULTILINE | re.DOTALL)


def handed_out(reader: Reader, exercise: Exercise) -> frozenset[int]:
    """The runs of tokens that students of an exercise were given."""
    found: set[int] = set()
    for file in _files(exercise):
        found.update(grams(reader.joined([file]).tokens))
    return frozenset(found)


def _files(exercise: Exercise) -> Iterator[SubmittedFile]:
    for path in exercise.handed_out:
        if path.suffix == ".md":
            yield from _blocks(path)
        else:
            yield SubmittedFile(path.name, path.read_bytes())


def _blocks(path: Path) -> Iterator[SubmittedFile]:
    """The code of a page, block after block."""
    for place, found in enumerate(_BLOCK.finditer(path.read_text(encoding="utf-8", errors="replace")), 1):
        yield SubmittedFile(f"{path.stem}-{place}.py", found[2].encode())
