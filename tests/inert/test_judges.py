"""The judges object to text that goes into their sink as it is: none of them takes everything for inert."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import quoteattr

import pytest

from tests.inert import judged_markup, judged_tables, judged_words
from tests.inert.corpus import KINDS, PLAIN
from tests.inert.renderers import Judge

Careless = Callable[[str], str]


SUITE = "<testsuites><testsuite name='x' tests='1' failures='0' errors='0'>{}</testsuite></testsuites>"


def raw(text: str) -> str:
    return f"one {text} two"


def line(text: str) -> str:
    return f"{text}\nanother line"


def page(text: str) -> str:
    return f'<p aria-label="name">{text}</p>'


def attribute(text: str) -> str:
    return f'<pre data-copy="{text}">pwned</pre>'


def link(text: str) -> str:
    return f'<a href="{text.replace(chr(34), "&quot;")}">pwned</a>'


def paragraph(text: str) -> str:
    return f"{text} and more\n\n| a |\n|---|\n| {text} |\n"


def row(text: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([("student", "total"), (text, "3")])
    return buffer.getvalue()


def cell(text: str) -> str:
    return f'"student","total"\n"{text}","3"\n'


def spliced(text: str) -> str:
    return f'[{{"student": "{text}"}}]'


def dumped(text: str) -> str:
    return json.dumps([{"student": text}], ensure_ascii=False)


def case(text: str) -> str:
    return SUITE.format(f"<testcase classname='c' name={quoteattr(text)}/>")


def element(text: str) -> str:
    return SUITE.format(f"<testcase classname='c' name='n'><failure>{text}</failure></testcase>")


def annotated(text: str) -> str:
    return f"::error title=x::{text}"


CARELESS: tuple[tuple[str, Careless, Judge, set[str]], ...] = (
    ("text", raw, judged_words.words, {
        "escape sequences", "commands of build servers", "directions", "what can't be seen", "not for XML",
        "stacks of marks", "data", "ends of elements",
    }),
    ("a line", line, judged_words.words, {"commands of build servers"}),
    ("a terminal", raw, judged_words.terminal, {
        "escape sequences", "commands of build servers", "directions", "what can't be seen",
    }),
    ("a command", annotated, judged_words.commands, {
        "commands of build servers", "ends of cells", "markdown", "escape sequences", "directions",
    }),
    ("an element", page, judged_markup.html, {
        "scripts", "event handlers", "svg and other elements", "addresses", "ends of elements",
        "ends of attributes", "escape sequences", "directions", "what can't be seen",
    }),
    ("an attribute", attribute, judged_markup.html, {"ends of attributes"}),
    ("a link", link, judged_markup.html, {"addresses", "scripts", "markdown", "names of files", "formulas"}),
    ("Markdown", paragraph, judged_markup.markdown, {
        "scripts", "event handlers", "svg and other elements", "addresses", "markdown", "ends of elements",
        "escape sequences", "directions",
    }),
    ("a row", row, judged_tables.sheet, {"formulas", "ends of cells", "statements", "directions"}),
    ("a cell", cell, judged_tables.sheet, {"ends of cells", "formulas"}),
    ("JSON by hand", spliced, judged_tables.data, {"data", "ends of cells", "ends of attributes"}),
    ("JSON", dumped, judged_tables.data, {"data", "directions", "what can't be seen", "escape sequences"}),
    ("JSON that is shown", dumped, judged_tables.told_data, {"data", "directions", "escape sequences"}),
    ("an attribute of XML", case, judged_tables.junit, {"not for XML", "escape sequences", "directions"}),
    ("text of XML", element, judged_tables.junit, {"not for XML", "scripts", "ends of elements"}),
)  # fmt: skip
"""Who writes text as it is, and kinds that must be seen then; of each, one string at least."""


@pytest.mark.parametrize(("write", "judge", "kind"), [
    pytest.param(write, judge, kind, id=f"{name}-{kind}")
    for name, write, judge, kinds in CARELESS for kind in sorted(kinds)
])  # fmt: skip
def test_a_careless_renderer_is_seen(write: Careless, judge: Judge, kind: str) -> None:
    assert any(objections(write, judge, text) for text in KINDS[kind])


@pytest.mark.parametrize(("write", "judge"), [
    pytest.param(write, judge, id=name) for name, write, judge, _ in CARELESS if write is not link
])  # fmt: skip
def test_plain_text_is_fine(write: Careless, judge: Judge) -> None:
    assert objections(write, judge, f"another {PLAIN}") == []


def test_names_that_lead_elsewhere_are_seen() -> None:
    for name in (*KINDS["names of files"][:5], "pwned\u202e", "n" * 256 + "pwned"):
        assert list(judged_tables.path(name)), name
    assert list(judged_tables.path("ada/report of pwned.txt")) == []


def test_two_entries_in_one_place_are_seen() -> None:
    assert judged_tables.archive(_zip("pwned/a", "PWNED/a"), _zip("pwned/a", "pwned/b")) == [
        "two have one place"
    ]


def _zip(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return buffer.getvalue()


def objections(write: Careless, judge: Judge, text: str) -> list[str]:
    made = write(text).encode("utf-8", "surrogatepass")
    try:
        return judge(made, write(PLAIN).encode("utf-8"))
    except Exception as error:  # it can't even be read
        return [type(error).__name__]
