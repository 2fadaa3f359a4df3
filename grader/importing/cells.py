"""The cells of a master notebook, of any version of the format, without lines that are for IPython alone."""

import ast
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from grader.errors import CourseError

_MAGIC = re.compile(r"^\s*[%!?]")


@dataclass(frozen=True)
class MasterCell:
    """A cell of a master.

    Attributes:
        where: Its place, for people: 'week1.ipynb, cell 3'.
        kind: 'code', 'markdown' or 'raw'.
        text: Its source; of code without lines that only IPython understands.
        metadata: Its metadata.
        outputs: What it had printed and returned when the master was saved.
    """

    where: str
    kind: str
    text: str
    metadata: dict[str, Any] = field(default_factory=dict)
    outputs: tuple[dict[str, Any], ...] = ()

    @property
    def lines(self) -> list[str]:
        """Its source, line by line."""
        return self.text.split("\n")


def read_cells(path: Path) -> list[MasterCell]:
    """The cells of a master in their order.

    Raises:
        CourseError: It cannot be read, is no notebook, or one of another language than Python.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise CourseError(f"'{path}' cannot be read ({why}).") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ids that are missing are of no use here
            book = nbformat.reads(content, as_version=4)  # type: ignore[no-untyped-call]
        cells = list(book["cells"])
        told = book["metadata"].get("kernelspec", {}).get("language", "python")
    except Exception as error:  # noqa: BLE001 - nbformat asks for keys without looking
        raise CourseError(
            f"'{path}' is not a notebook ({type(error).__name__}); name the master file."
        ) from None
    if told.lower() != "python":
        raise CourseError(f"'{path}' is a notebook of {told}; only Python can be imported.")
    return [_cell(f"{path.name}, cell {number}", cell) for number, cell in enumerate(cells, 1)]


def _cell(where: str, cell: Any) -> MasterCell:
    text = str(cell["source"]).replace("\r\n", "\n")
    kind = str(cell["cell_type"])
    if kind == "code":
        text = without_magics(text)
    return MasterCell(where, kind, text, dict(cell.get("metadata", {})), tuple(cell.get("outputs", ())))


def without_magics(text: str) -> str:
    """Code without the lines that only IPython understands; all of it gone where a cell is no Python."""
    if text.lstrip().startswith("%%"):
        return ""
    try:
        ast.parse(text)
    except SyntaxError:
        return "\n".join(line for line in text.split("\n") if not _MAGIC.match(line))
    return text
