"""HTML from the far side made harmless: only what is named here stays, whatever it was.

nh3 parses each piece as a browser does and writes it anew, so what comes out is
balanced and holds the elements below, with the attributes below, and nothing
else: no script, style, frame, form, SVG or picture from elsewhere.
"""

import re

import nh3
from markupsafe import Markup
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

TAGS = frozenset(
    (
        "a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "dd", "del", "details",
        "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
        "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span",
        "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
        "tt", "u", "ul", "var",
    )
)  # fmt: skip
"""Text, tables, code, headings and pictures."""

SILENT = frozenset(("script", "style", "title", "textarea", "iframe", "noscript", "template", "svg", "math"))
"""Elements whose text goes with them; of all others it stays."""

ATTRIBUTES = {
    "*": {"class"},
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

CLASSES = frozenset(
    {name for name in STANDARD_TYPES.values() if name}
    | {"input", "output", "output_stderr", "output_error", "highlight"}
    | {f"ansi-{name}" for name in ("bold", "underline", "inverse")}
    | {
        f"ansi-{colour}{kind}-{ground}"
        for colour in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
        for kind in ("", "-intense")
        for ground in ("fg", "bg")
    }
)
"""What the page's style knows: kinds of tokens, colours of a terminal, parts of a cell."""

_LINK = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=]+")
_NUMBER = re.compile(r"\d{1,4}")

_MARK = "[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]"

_ACTS = re.compile(
    f"(?<={_MARK}{{4}}){_MARK}|"
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\uf8ff\ufdd0-\ufdef\U000e0000-\U0010ffff]"
)
"""Characters that turn text around, hide it, grow out of their line or are not there at all. What joins
letters and emoji stays."""


def clean(html: bytes) -> Markup:
    """One piece of HTML from the far side as a balanced piece that may stand in a page of ours."""
    text = html.decode("utf-8", "replace")
    kept = nh3.clean(
        text,
        tags=set(TAGS),
        clean_content_tags=set(SILENT),
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "data"},
        link_rel="noopener noreferrer",
    )
    return Markup(_ACTS.sub(_spelled_out, kept))  # noqa: S704 - this is what makes it safe


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value that an attribute may keep; None if it goes."""
    if name == "class":
        return " ".join(word for word in value.split() if word in CLASSES) or None
    if name == "rel":
        return value  # ours: nothing of theirs is allowed
    if name == "alt":
        return value[:200]
    form = {"href": _LINK, "src": _PICTURE}.get(name, _NUMBER)
    return value if form.fullmatch(value) else None


def _spelled_out(found: re.Match[str]) -> str:
    point = ord(found[0])
    return f"\\x{point:02x}" if point <= 0xFF else f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
