"""The cells that docs/notebooks.md shows are read as it says, word for word.

A text block that starts with `[1]` is a notebook; the text block after it is
what a report says of its cells.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from grader.judge.notebooks import notebook_use
from grader.report.about_cells import about_cells
from grader.student.cells import NotebookRead
from tests.grader.worker.driver import Worker, shared
from tests.grader.worker.notebook.books import book
from tests.repo.test_docs import Block, blocks

PAGE = Path(__file__).parents[2] / "docs/notebooks.md"
TEXTS = [block for block in blocks(PAGE.read_text()) if block.language == "text"]
EXAMPLES = [
    pytest.param(first, second, id=f"line {first.line}")
    for first, second in pairwise(TEXTS)
    if first.lines[0].startswith("[1] ")
]


def cells(drawn: Block) -> list[str]:
    """The text of each cell of a drawing: a number in brackets, further lines indented as far."""
    texts: list[str] = []
    for line in drawn.lines:
        numbered = re.match(r"\[(\d)\] ", line)
        if numbered:
            texts.append(line[4:])
            assert len(texts) == int(numbered[1])
        else:
            assert line.startswith("    ")
            texts[-1] += f"\n{line[4:]}"
    return texts


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(shared(), tmp_path)
    yield worker
    worker.close()


@pytest.mark.parametrize(("drawn", "said"), EXAMPLES)
def test_the_cells_are_read_as_the_page_says(drawn: Block, said: Block, worker: Worker) -> None:
    loaded = worker.load({"homework.ipynb": book(*cells(drawn))}, "softmax", main=())
    use = notebook_use(NotebookRead(loaded.file, loaded.notebook))
    assert use is not None
    assert about_cells(use) == said.lines


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 3
    assert 2 * len(EXAMPLES) == len(TEXTS)
