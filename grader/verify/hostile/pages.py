"""Whether a page for people is what we wrote, whatever a student put into it.

A page is taken apart as a browser does. What stands in it must be elements of
ours with attributes of ours; its one script, and what a link leads to, must be
ours too. Text is text, however it looks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_OURS = frozenset(
    (
        "a", "article", "b", "bdi", "body", "button", "caption", "code", "dd", "details", "div", "dl", "dt",
        "em", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "head", "header", "html", "i",
        "input", "label", "li", "line", "main", "mark", "meta", "nav", "ol", "option", "p", "polyline", "pre",
        "rect", "script", "section", "select", "span", "style", "summary", "svg", "table", "tbody", "td",
        "text", "th", "thead", "title", "tr", "ul",
    )
)  # fmt: skip
"""Elements that our templates have."""

_HREF = re.compile(
    r"#[\w-]+|run\.json|grades\.csv|(?:\./|\.\./students/|students/|staff/)[\w%.~/-]+(?:#[\w-]+)?"
)
"""Where our links lead: into the page, or into the run's folder."""

_BREAKS_TEXT = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def foreign(page: Path, scripts: int = 1) -> list[str]:
    """What on a page is not ours, one phrase each; empty if all is.

    Args:
        page: The page.
        scripts: How many script elements it has.
    """
    try:
        text = page.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [f"{page.name} cannot be read ({type(error).__name__})"]
    parts = _Parts()
    parts.feed(text)
    parts.close()
    active = sorted({c for c in text if unicodedata.category(c) in _BREAKS_TEXT and c != "\n"})
    return [f"{page.name} {told}" for told in (*_of_characters(active), *_of_parts(parts, scripts))]


def _of_characters(active: list[str]) -> Iterator[str]:
    if active:
        yield f"holds {', '.join(f'U+{ord(c):04X}' for c in active[:3])}"


def _of_parts(parts: _Parts, scripts: int) -> Iterator[str]:
    yield from (f"has an element {name[:20]!r}" for name in sorted({*parts.names} - _OURS))
    if (many := parts.names.count("script")) != scripts:
        yield f"has {many} scripts, not {scripts}"
    for name, value in parts.attributes:
        if name.startswith("on") or name in ("src", "srcdoc", "formaction"):
            yield f"has an attribute {name[:20]!r}"
        elif name == "href" and not _HREF.fullmatch(value):
            yield f"has a link to {value[:40]!r}"


class _Parts(HTMLParser):
    """The elements of a page and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.names.append("comment")
