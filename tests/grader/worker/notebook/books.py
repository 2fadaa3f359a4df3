"""Notebooks for tests: bytes as Jupyter writes them, and what is kept of them."""

import json
from typing import Any

from grader.worker.notebook.reading import code_cells
from grader.worker.notebook.selecting import needed


def book(*cells: str | list[str] | dict[str, Any], **extra: Any) -> bytes:
    """A notebook of version 4 with these code cells; a dict is a cell as it is."""
    whole = [each if isinstance(each, dict) else cell(each) for each in cells]
    return json.dumps({"cells": whole, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | extra).encode()


def cell(source: str | list[str], **metadata: Any) -> dict[str, Any]:
    """A code cell with metadata."""
    return {"cell_type": "code", "source": source, "outputs": [], "metadata": metadata}


def kept(*cells: Any, wanted: tuple[str, ...] = ("f",)) -> list[tuple[int, int]]:
    """Cell and line of each statement that `wanted` need."""
    return [(statement.cell, statement.line) for statement in needed(code_cells(book(*cells)), wanted)]
