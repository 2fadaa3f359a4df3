"""A table that is taken apart and put together again is the same, and its values are those that csv reads."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.export.sheet import read_sheet

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff"), max_size=6) | st.sampled_from(
    ['"', '""', ",", ";", "\r\n", "a,b", '5" disk', "'", "=1+1", ""]
)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5)


@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.sampled_from(["", "\ufeff"]))
def test_nothing_changes_by_itself(table: list[list[str]], end: str, quoted: bool, beginning: str) -> None:
    buffer = io.StringIO()
    # Python 3.11 leaves a carriage return bare where lines end otherwise, and nobody could read that back.
    bare = any("\r" in cell for row in table for cell in row)
    quoting = csv.QUOTE_ALL if quoted or bare else csv.QUOTE_MINIMAL
    csv.writer(buffer, lineterminator=end, quoting=quoting).writerows([["a", "b", "c", "d", "e"], *table])
    content = (beginning + buffer.getvalue()).encode()
    sheet = read_sheet(content, "x")
    assert sheet.text().encode() == content
    assert [sheet.values(row) for row in range(1, len(sheet.rows))] == table


@given(CELLS, st.booleans())
def test_what_is_put_into_a_cell_is_read_from_it(value: str, quoted: bool) -> None:
    sheet = read_sheet(b'a,b,c\n1,"2",3\n' if quoted else b"a,b,c\n1,2,3\n", "x")
    sheet.put(1, 1, value)
    again = read_sheet(sheet.text().encode(), "x")
    assert again.values(1) == ["1", value, "3"]
    assert again.rows[1][1].startswith('"') or not quoted


def test_a_row_that_is_too_short_is_filled_up() -> None:
    sheet = read_sheet(b"a,b,c\n1\n", "x")
    assert sheet.value(1, 2) == ""
    sheet.put(1, 2, "7")
    assert sheet.text() == "a,b,c\n1,,7\n"


def test_an_open_quote_is_named_with_its_line() -> None:
    with pytest.raises(UsageError, match="'x' is no CSV from line 4 on"):
        read_sheet(b'a,b\n"1\n2",3\n"4,5', "x")
