"""The notebook that comes back: the student's cells, nothing in them that acts, feedback between them.

It is made anew: cells, sources and harmless outputs are copied, and what is not
copied (metadata, widgets, signatures, cells of unknown kinds) is not there. So
what the student's file holds besides, nobody has to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grader.wire.messages import Note
from grader.worker.notebook.reading import numbers, read
from grader.worker.press.active import fenced, is_active
from grader.worker.press.outputs import attachments, joined, outputs, readable

TAG = "grader-feedback"
"""Marks a cell of ours, so that a graded notebook that is handed in again does not gather them."""

MOST_TAGS = 50


@dataclass(frozen=True)
class Cell:
    """A cell of the notebook that comes back.

    Attributes:
        kind: What it is.
        number: Of code that is not empty its number, counted from 1; else 0.
        node: The cell as a notebook has it.
    """

    kind: Literal["code", "text", "note"]
    number: int
    node: dict[str, Any]


def cells_of(content: bytes, notes: Sequence[Note]) -> list[Cell]:
    """The cells of a notebook with notes between them, each under the code cell that it belongs to.

    A note on a cell that is not there stands at the end.

    Raises:
        NotANotebook: There are none.
    """
    book = read(content)
    numbered = {index: number for number, index in numbers(book).items()}
    cells = [_note(note) for note in notes if note.cell == 0]
    for index, raw in enumerate(book["cells"]):
        number = numbered.get(index, 0)
        cell = _cell(raw, number)
        if cell is not None:
            cells.append(cell)
        if number:
            cells += [_note(note) for note in notes if note.cell == number]
    return cells + [_note(note) for note in notes if note.cell > len(numbered)]


def notebook(cells: Sequence[Cell]) -> dict[str, Any]:
    """A notebook of these cells, in the present version of the format."""
    nodes = [cell.node | {"id": f"{cell.kind}-{place}"} for place, cell in enumerate(cells, 1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    language = {"name": "python", "pygments_lexer": "python"}
    metadata = {"kernelspec": kernel, "language_info": language}
    return {"cells": nodes, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


# --- cells ------------------------------------------------------------------------


def _note(note: Note) -> Cell:
    return Cell("note", 0, {"cell_type": "markdown", "metadata": {"tags": [TAG]}, "source": note.markdown})


def _cell(raw: object, number: int) -> Cell | None:
    """A cell of the student's; None for what is none, and for feedback of an earlier time."""
    if not isinstance(raw, dict):
        return None
    source, tags = readable(joined(raw.get("source"))), _tags(raw)
    if TAG in tags and raw.get("cell_type") == "markdown":
        return None
    metadata = {"tags": tags} if tags else {}
    node: dict[str, Any]
    match raw.get("cell_type"):
        case "code":
            count = raw.get("execution_count")
            node = {
                "cell_type": "code",
                "execution_count": count if type(count) is int and count >= 0 else None,
                "metadata": metadata,
                "outputs": outputs(raw.get("outputs")),
                "source": source,
            }
            return Cell("code", number, node)
        case "markdown" | "heading" as kind:
            if kind == "heading":  # of version 3
                level = raw.get("level")
                source = "#" * (level if type(level) is int and 1 <= level <= 6 else 1) + f" {source}"
            text = fenced(source) if is_active(source) else source
            node = {"cell_type": "markdown", "metadata": metadata, "source": text}
            if kept := attachments(raw.get("attachments")):
                node["attachments"] = kept
            return Cell("text", 0, node)
        case "raw":
            # As text: raw cells are for programs, some of which take them for HTML.
            return Cell("text", 0, {"cell_type": "markdown", "metadata": metadata, "source": fenced(source)})
    return None


def _tags(raw: dict[str, Any]) -> list[str]:
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    texts = [readable(tag)[:100] for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    # The format wants no tag twice, and none with a comma.
    return list(dict.fromkeys(text for text in texts if text and "," not in text))[:MOST_TAGS]
