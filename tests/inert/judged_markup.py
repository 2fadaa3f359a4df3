"""What is wrong with HTML and Markdown, one phrase each: whatever is not there if plain text is.

HTML is read by a parser that takes everything for a tag that a browser may. Markdown
is read by two parsers with different ideas of it, and then as GitHub reads what
they made: it looks for names and addresses in text wherever it came from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import mistune
from markdown_it import MarkdownIt

from tests.grader.pages.opened import Page
from tests.inert import judged_tables
from tests.inert.corpus import WORD
from tests.inert.judged_words import characters, read

HARMLESS = frozenset(
    (
        "abbr", "article", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del",
        "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "hr", "i", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q",
        "s", "samp", "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
    )
)  # fmt: skip
"""Elements that only lay text out: how many there are may differ. Of all others there are as many as for
plain text."""

ATTRIBUTES = frozenset(
    (
        "aria-label", "aria-labelledby", "aria-live", "aria-sort", "class", "charset", "colspan", "content",
        "data-by", "data-copy", "data-label", "data-list", "hidden", "href", "http-equiv", "id", "lang",
        "name", "open", "role", "rowspan", "scope", "start", "tabindex", "type", "for", "value",
        "placeholder", "datetime", "rel", "alt", "src", "viewbox", "x", "y", "x1", "x2", "y1", "y2", "width",
        "height", "rx", "points", "text-anchor", "selected", "focusable", "title", "aria-hidden",
        "style", "autocomplete", "spellcheck", "maxlength",
    )
)  # fmt: skip
"""Attributes that we write."""

FOR_PEOPLE = frozenset(("aria-label", "data-copy", "data-label", "alt", "title", "content"))
"""Those whose value is read and never acts: hostile text may stand there, escaped."""

NAMES = frozenset(("class", "id", "name", "for", "aria-labelledby"))
"""Those whose value is a name of ours."""

_INSIDE = re.compile(
    r"#[\w-]*|(?:\./|\.\./students/)?(?:[\w.~-]|%[0-9A-F]{2})+(?:/(?:[\w.~-]|%[0-9A-F]{2})+)*(?:#[\w-]+)?"
)
"""An address within the page, below the folder that it lies in, or among the students' folders beside that
one; no scheme, no host, no other way up."""

_ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "background", "srcset", "xlink:href")


def html(made: bytes, plain: bytes) -> list[str]:
    """A page or a part of one."""
    page, before = Page(made), _read_once(plain)
    found = [*_elements(page, before), *_attributes(page, before)]
    found += [f"</{tag}> is not where it should be" for tag in page.crossed] if not before.crossed else []
    found += [] if _code(page) == _code(before) else ["style or script is not ours alone"]
    texts = [page.text, *(value for _, _, value in page.attributes)]
    found += [told for text in texts for told in characters(text)]
    return found + ([] if WORD in "".join(texts) else ["no hostile text came as far as here"])


_read_once = cache(Page)


def with_their_html(made: bytes, plain: bytes) -> list[str]:
    """A notebook's page: what a student wrote as HTML is there, as far as it lays text out.

    A link leads to the web alone and tells nobody where it was, and letters and emoji may be joined.
    """
    page, joined = Page(made), re.compile("[\u200c\u200d]")
    found = [told for told in html(joined.sub("", read(made)).encode(), plain) if not _THEIRS.match(told)]
    web = [each for each in page.values("href") if _WEB.fullmatch(each)]
    found += (
        [] if page.values("rel").count("noopener noreferrer") >= len(web) else ["a link tells where it was"]
    )
    return found


def with_data(made: bytes, plain: bytes) -> list[str]:
    """A page whose script makes text of data in it: the data can't end its element, and is inert text too."""
    cut, data = [], []
    for each in (made, plain):
        found = re.findall(rb'<script type="application/json"[^>]*>(.*?)</script>', each, re.DOTALL)
        data.append(b"[" + b",".join(found) + b"]")
        cut.append(
            re.sub(rb'(<script type="application/json"[^>]*>).*?(</script>)', rb"\1\2", each, flags=re.DOTALL)
        )
    wrong = [told for told in html(*cut) if not told.startswith("no hostile text")]
    wrong += ["data holds markup"] if re.search(rb"[<>&]", data[0]) else []
    return wrong + judged_tables.told_data(*data)


OURS = HARMLESS | {
    "a", "bdi", "body", "button", "fieldset", "form", "g", "head", "html", "img", "input", "label", "legend",
    "line", "meta", "option", "polyline", "rect", "script", "select", "style", "svg", "text", "time", "title",
}  # fmt: skip
"""All elements of our pages."""


def alone(made: bytes) -> list[str]:
    """A page with nothing to compare it with: elements that our pages have, and scripts of ours alone."""
    page = Page(made)
    found = [f"<{tag}>" for tag in page.tags if tag not in OURS]
    found += [told for told in _attributes(page, Page(b"")) if not _THEIRS.match(told)]
    found += [f"</{tag}> is not where it should be" for tag in page.crossed]
    for script in (data for tags, data in page.texts if "script" in tags):
        if not page.lets_run(script) and (data_ends := re.search("[<>&]", script)):
            found.append(f"a script that is not ours: {script[data_ends.start() :][:40]!r}")
    texts = [page.text, *(value for _, _, value in page.attributes)]
    return found + [told for text in texts for told in characters(re.sub("[\u200c\u200d]", "", text))]


_WEB = re.compile(r"https?://\S+")
_THEIRS = re.compile(r"\d+ <(?:a|img)>|leads to 'https?:")


def _elements(page: Page, before: Page) -> Iterator[str]:
    many, plain = Counter(page.tags), Counter(before.tags)
    for tag in many.keys() | plain.keys():
        if tag not in HARMLESS and many[tag] != plain[tag]:
            yield f"{many[tag]} <{tag}> in the place of {plain[tag]}"


def _attributes(page: Page, before: Page) -> Iterator[str]:
    ours = {(name, value) for _, name, value in before.attributes}
    for tag, name, value in page.attributes:
        if (name, value) in ours:
            continue
        if name not in ATTRIBUTES or (name == "style" and not re.fullmatch(r"--\w+: \d+", value)):
            yield f"<{tag} {name}={value[:40]!r}>"
        elif name in _ADDRESSES and (not _INSIDE.fullmatch(value) or ".." in value.split("/")[1:]):
            yield f"leads to {value[:60]!r}"
        elif name in NAMES and not re.fullmatch(r"[\w -]*", value):
            yield f"{name} is {value[:40]!r}"
        elif WORD in value and name not in FOR_PEOPLE | set(_ADDRESSES):
            yield f"{name} holds {value[:40]!r}"


def _code(page: Page) -> list[str]:
    code = [data for tags, data in page.texts if {"script", "style"} & set(tags)]
    return ["numbers" if re.fullmatch(r"[\d,\[\]]+", data) else data for data in code]


# --- Markdown ---------------------------------------------------------------------

_ENTITIES_OF_OURS = re.compile(r"</?(?:span|details|summary)>")
"""The HTML that we write in Markdown."""

_FOUND_IN_TEXT = {
    "a name that is told of it": re.compile(r"(?<![\w`])@\w"),
    "an issue that is told of it": re.compile(r"(?<!\w)(?:\w+/\w+)?#\d|\bGH-\d"),
    "an address": re.compile(r"\b(?:https?|ftp)://\w|\bwww\.\w|\bmailto:\w", re.IGNORECASE),
    "an address of mail": re.compile(r"\w@\w+\.\w"),
    "a formula": re.compile(r"\$[^$]+\$|\\\(|\\\["),
}
"""What GitHub, GitLab or Jupyter find in the text of a page once it is made, outside of code."""


def _commonmark(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)


def _mistune(text: str) -> str:
    plugins = ["strikethrough", "table", "url", "footnotes", "task_lists", "math", "mark", "spoiler", "abbr"]
    return str(mistune.create_markdown(escape=False, plugins=plugins)(text))


READERS: dict[str, Callable[[str], str]] = {"CommonMark": _commonmark, "mistune": _mistune}


def markdown(made: bytes, plain: bytes) -> list[str]:
    """Markdown: no element, no link, no picture but ours, whoever reads it."""
    text = read(made)
    found = [*characters(text), *([] if WORD in text else ["no hostile text came as far as here"])]
    for reader, rendered in READERS.items():
        page, before = Page(rendered(read(made)).encode()), _rendered_once(reader, plain)
        wrong = [*_laid_out(page, before), *_found_in(page)]
        found += [f"{reader}: {told}" for told in wrong]
    return found


@cache
def _rendered_once(reader: str, markdown: bytes) -> Page:
    return Page(READERS[reader](read(markdown)).encode())


def _laid_out(page: Page, before: Page) -> Iterator[str]:
    many, plain = Counter(page.tags), Counter(before.tags)
    for tag in many:
        if tag not in plain and tag not in ("span", "code", "pre"):
            yield f"<{tag}>"
    for tag in ("h1", "h2", "h3", "h4", "table", "th", "hr", "a", "img", "ol", "blockquote"):
        if many[tag] != plain[tag]:
            yield f"{many[tag]} <{tag}> in the place of {plain[tag]}"
    ours = {(tag, name, value) for tag, name, value in before.attributes}
    yield from (f"<{tag} {name}={value[:40]!r}>" for tag, name, value in page.attributes
                if (tag, name, value) not in ours)  # fmt: skip


def _found_in(page: Page) -> Iterator[str]:
    for tags, data in page.texts:
        if not {"code", "pre"} & set(tags):
            for what, pattern in _FOUND_IN_TEXT.items():
                if hit := pattern.search(data):
                    yield f"{what}: {hit[0][:40]!r}"
