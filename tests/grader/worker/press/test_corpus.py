"""Every notebook of the corpus comes back, and its cells have the numbers that findings name."""

import json
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from grader.wire.frames import PayloadCursor
from grader.wire.messages import Note, NotPressed, Press, Pressed
from grader.worker.notebook.reading import NotANotebook, code_cells
from grader.worker.press.press import Presser

CORPUS = Path(__file__).parents[3] / "notebooks" / "corpus"
NOTEBOOKS = sorted(CORPUS.rglob("*.ipynb"))


def test_there_is_a_corpus():
    assert len(NOTEBOOKS) >= 15


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_it_comes_back(path):
    content = path.read_bytes()
    try:
        cells = code_cells(content)
    except NotANotebook:
        cells = None
    notes = tuple(Note(cell.number, f"note {cell.number}") for cell in cells or ())[:1000]
    answer, payload = Presser().reply(Press(1, content, notes), PayloadCursor(b""))
    if cells is None:
        assert answer == NotPressed(1, "notebook")
        return
    assert isinstance(answer, Pressed)
    found = json.loads(bytes(payload[0]))
    nbformat.validate(found)
    for (number, text), under in zip(_numbered(answer, found), notes, strict=True):
        assert under == Note(number, f"note {number}")
        assert text == next(cell.text for cell in cells if cell.number == number)
    assert b"<script" not in b"".join(payload[1:])


def _numbered(answer, found):
    """Each code cell that has a number, and what stands below it."""
    pairs = list(zip(answer.cells, found["cells"], strict=True))
    for (cell, node), (below, note) in pairwise(pairs):
        if cell.code:
            assert (below.kind, note["source"]) == ("note", f"note {cell.code}")
            yield cell.code, node["source"]
