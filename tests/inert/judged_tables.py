"""What is wrong with tables and with data: CSV, databases, JSON, XML and archives, one phrase each."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from xml.etree import ElementTree as Xml

import xmlschema

import tests.grader.verify
from tests.inert.corpus import WORD
from tests.inert.judged_words import characters, read

JUNIT = xmlschema.XMLSchema(Path(tests.grader.verify.__path__[0], "junit-10.xsd"))

_FORMULA = "=+-@"
_LEFT_OUT = " \t\r\n\v\f\xa0\u3000\ufeff"
"""What spreadsheets leave out before they look at a cell."""

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
NAME_BYTES = 255
"""What a file system takes as a name."""


def sheet(made: bytes, plain: bytes) -> list[str]:
    """CSV for a spreadsheet, whatever its language separates cells with."""
    text = read(made)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    before = list(csv.reader(io.StringIO(read(plain), newline=""), strict=True))
    found = [] if len(rows) == len(before) else [f"{len(rows)} rows in the place of {len(before)}"]
    found += [] if rows[0] == before[0] else ["the first row is another one"]
    found += ["a row is longer or shorter than the first"] if len({len(row) for row in rows}) > 1 else []
    cells = [cell for row in rows for cell in row]
    found += [told for cell in cells for told in characters(cell)]
    for separator in ";\t":
        # One that knows of no comma takes a whole line, and a quote within it, as it stands.
        cells += [cell.strip('" ') for line in text.splitlines() for cell in line.split(separator)]
    found += [f"a formula: {cell[:40]!r}" for cell in cells if _is_formula(cell)]
    return found + _unreached(text)


def one_column(made: bytes, plain: bytes) -> list[str]:
    """A platform's own table in which marks were filled in: nothing of the students' came into it."""
    return [] if made == plain else ["it depends on what students are called"]


def _is_formula(cell: str) -> bool:
    begun = unicodedata.normalize("NFKC", cell.lstrip(_LEFT_OUT)[:1])
    return begun != "" and begun in _FORMULA and not _NUMBER.fullmatch(cell)


def database(made: bytes, plain: bytes) -> list[str]:
    """A database with the tables, rows and columns that are to be there."""
    data, before = _tables(made), _tables(plain)
    found = [] if data.keys() == before.keys() else ["it has other tables"]
    found += [f"{table} has {len(rows)} rows, not {len(before[table])}"
              for table, rows in data.items() if len(rows) != len(before[table])]  # fmt: skip
    texts = [value for rows in data.values() for row in rows for value in row if isinstance(value, str)]
    found += [told for text in texts for told in characters(text)]
    return found + _unreached(" ".join(texts))


def _tables(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    with sqlite3.connect(":memory:") as connection:
        connection.deserialize(content)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    connection.close()
    return found


# --- JSON -------------------------------------------------------------------------


def data(made: bytes, plain: bytes) -> list[str]:
    """JSON that holds texts as they are: in ASCII, so that nothing acts on the way."""
    found, parsed = _parsed(made)
    found += [] if _shape(parsed) == _shape(_parsed(plain)[1]) else ["its fields are others"]
    return found + _unreached(made.decode("ascii", "replace"))


def told_data(made: bytes, plain: bytes) -> list[str]:
    """JSON whose texts somebody shows as they are."""
    parsed = _parsed(made)[1]
    return [*data(made, plain), *(told for text in _texts(parsed) for told in characters(text))]


def _parsed(made: bytes) -> tuple[list[str], Any]:
    found = [f"byte 0x{byte:02X}" for byte in sorted(set(made)) if byte > 126 or (byte < 32 and byte != 10)]

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found.extend(["a field is there twice"] if len({key for key, _ in pairs}) < len(pairs) else [])
        return dict(pairs)

    parsed = json.loads(made, object_pairs_hook=unique, parse_constant=found.append)
    found += [
        "half a character"
        for text in _texts(parsed)
        if not text.isascii() and re.search("[\ud800-\udfff]", text)
    ][:1]
    return found, parsed


def _shape(parsed: Any) -> Any:
    """The fields of objects; how many there are of something, and in which order, may differ."""
    if isinstance(parsed, dict):
        return {key: _shape(value) for key, value in parsed.items()}
    if isinstance(parsed, list):
        return sorted({repr(_shape(each)) for each in parsed})
    return isinstance(parsed, str)


def _texts(parsed: Any) -> Iterator[str]:
    if isinstance(parsed, str):
        yield parsed
    elif isinstance(parsed, dict):
        yield from (text for key, value in parsed.items() for part in (key, value) for text in _texts(part))
    elif isinstance(parsed, list):
        yield from (text for each in parsed for text in _texts(each))


# --- XML --------------------------------------------------------------------------


def junit(made: bytes, plain: bytes) -> list[str]:
    """JUnit XML that validates, with the elements that are to be there."""
    JUNIT.validate(read(made))
    tree, before = Xml.fromstring(made), Xml.fromstring(plain)
    found = [] if _tags(tree) == _tags(before) else ["it has other elements"]
    texts = [text for each in tree.iter() for text in (each.text or "", *each.attrib.values())]
    found += [told for text in texts for told in characters(text)]
    return found + _unreached(" ".join(texts))


def _tags(tree: Xml.Element) -> list[str]:
    return [each.tag for each in tree.iter() if each.tag != "system-out"]


# --- archives ---------------------------------------------------------------------


def archive(made: bytes, plain: bytes) -> list[str]:
    """A zip whose entries anybody can unpack, each into its own place."""
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    many = len(zipfile.ZipFile(io.BytesIO(plain)).namelist())
    found = [] if len(names) == many else [f"{len(names)} entries in the place of {many}"]
    found += [] if len({name.casefold() for name in names}) == len(names) else ["two have one place"]
    found += [f"{told}: {name[:60]!r}" for name in names for told in path(name)]
    return found + _unreached("".join(names))


def path(name: str) -> Iterator[str]:
    """What is wrong with a path on any system."""
    parts = PurePosixPath(name).parts
    windows = PureWindowsPath(name)
    if name.startswith("/") or ".." in parts or windows.drive or windows.root or "\\" in name:
        yield "leads elsewhere"
    for part in parts:
        if len(part.encode("utf-8", "surrogatepass")) > NAME_BYTES:
            yield "is too long for a name"
        if re.fullmatch(r"(?:con|nul|aux|prn|com\d|lpt\d)(?:\..*)?", part, re.IGNORECASE):
            yield "is a device on Windows"
        if part != part.strip(" .") or re.search(r'[<>:"|?*\x00-\x1f]', part):
            yield "is no name on Windows"
        yield from characters(part)


def _unreached(text: str) -> list[str]:
    return [] if WORD in text else ["no hostile text came as far as here"]
