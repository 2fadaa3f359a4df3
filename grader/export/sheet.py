"""Somebody's own table, in which a few cells are changed and not one other byte.

A learning platform reads back what it wrote, and may take anything that looks
otherwise for a change. So a table is cut into cells as they are written, quotes and
line ends with them: what no one changes is put together again as it came. A changed
cell keeps its quotes. The `csv` module tells values, but not how they were written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.errors import UsageError

BOM = "\ufeff"

DELIMITERS = (",", ";", "\t")
"""What platforms put between cells."""

_END = re.compile(r"\r\n|\n|\r")

_DECIMAL_COMMA = re.compile(r"\d+,\d+")
_DECIMAL_POINT = re.compile(r"\d+\.\d+")


@dataclass
class Sheet:
    """A table as it is written.

    Attributes:
        delimiter: What stands between cells.
        rows: The cells of each row, raw.
        ends: What ends each row: a line end, or nothing at the end of the file.
        beginning: A byte order mark, or nothing.
    """

    delimiter: str
    rows: list[list[str]] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    beginning: str = ""

    def values(self, row: int) -> list[str]:
        """What stands in the cells of a row."""
        return [_value(raw) for raw in self.rows[row]]

    def value(self, row: int, column: int) -> str:
        """What stands in a cell; '' in a row that is too short."""
        return _value(self.rows[row][column]) if column < len(self.rows[row]) else ""

    def put(self, row: int, column: int, value: str) -> None:
        """Change a cell; it is quoted if it was, or if it must be."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        quoted = cells[column].startswith('"') or any(
            mark in value for mark in (self.delimiter, '"', "\r", "\n")
        )
        doubled = value.replace('"', '""')
        cells[column] = f'"{doubled}"' if quoted else value

    def text(self) -> str:
        """The whole table as it is written."""
        lines = (self.delimiter.join(row) + end for row, end in zip(self.rows, self.ends, strict=True))
        return self.beginning + "".join(lines)

    def decimal_mark(self, column: int, rows: Sequence[int]) -> str:
        """What stands before the decimals in a column: a comma if all of it says so, else a point."""
        written = [self.value(row, column).strip() for row in rows]
        commas = any(_DECIMAL_COMMA.fullmatch(each) for each in written)
        points = any(_DECIMAL_POINT.fullmatch(each) for each in written)
        return "," if commas and not points else "."


def read_sheet(content: bytes, name: str, encoding: str = "utf-8") -> Sheet:
    """Cut a table into cells.

    Args:
        content: The file's bytes.
        name: What messages call it, inert.
        encoding: How its characters are written.

    Raises:
        UsageError: It is not in that encoding, or no table.
    """
    try:
        text = content.decode(encoding)
        same = text.encode(encoding) == content
    except UnicodeError:
        same, text = False, ""
    except LookupError:
        raise UsageError(f"There is no encoding '{encoding}'; utf-8 and utf-16 are such.") from None
    if not same:
        raise UsageError(f"'{name}' is not in {encoding.upper()}; download it again as CSV in that encoding.")
    beginning = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    sheet = Sheet(_delimiter(text), beginning=beginning)
    for cells, end in _rows(text, sheet.delimiter, name):
        sheet.rows.append(cells)
        sheet.ends.append(end)
    if not sheet.rows:
        raise UsageError(f"'{name}' is empty; download it again.")
    return sheet


def _delimiter(text: str) -> str:
    """What stands behind the first cell: titles further on may hold any of them, the first one none."""
    first = _END.split(re.sub(r'"[^"]*"', "", text), maxsplit=1)[0]
    return min((mark for mark in DELIMITERS if mark in first), key=first.index, default=",")


def _rows(text: str, delimiter: str, name: str) -> Iterator[tuple[list[str], str]]:
    cell = re.compile(rf'(?P<raw>"[^"]*(?:""[^"]*)*"|[^"{delimiter}\r\n][^{delimiter}\r\n]*|)'
                      rf"(?P<end>{delimiter}|\r\n|\n|\r|\Z)")  # fmt: skip
    cells: list[str] = []
    at, line = 0, 1
    while at < len(text):
        found = cell.match(text, at)
        if found is None:
            raise UsageError(f"'{name}' is no CSV from line {line} on: a quote has no end there.")
        cells.append(found["raw"])
        line += len(_END.findall(found[0]))
        at = found.end()
        if found["end"] != delimiter:
            yield cells, found["end"]
            cells = []
        elif at == len(text):  # the last cell of a file without a line end
            yield [*cells, ""], ""
            cells = []


def _value(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if len(raw) > 1 and raw[0] == '"' == raw[-1] else raw
