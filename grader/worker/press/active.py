"""Whether a cell of Markdown holds something that a viewer may run, and how to show it as it is written.

Viewers that are careful take such things out themselves. Not all are, and a
teaching assistant opens hundreds of strangers' notebooks: so a cell with
anything active in it comes back as its source. Plain HTML (a table, a picture,
a coloured word) is left alone.
"""

import re
from html import unescape
from html.parser import HTMLParser

ACTIVE = frozenset(
    (
        "script", "iframe", "frame", "frameset", "object", "embed", "applet", "portal", "svg",
        "math", "style", "link", "meta", "base", "title", "form", "input", "button", "textarea",
        "select", "option", "video", "audio", "source", "track", "template", "slot", "dialog",
        "noscript", "noembed", "noframes", "xmp", "plaintext", "listing", "html", "head", "body",
    )
)  # fmt: skip
"""Elements that run, load, send, or change what stands around them."""

MOST_ELEMENTS = 2000
"""In one cell. Python's parser takes as long as the square of them, where none of them ends."""

_SCHEMES = re.compile(r"(?:javascript|vbscript):|data:(?!image/(?:png|jpe?g|gif)[;,])[a-z]+/[a-z0-9.+-]+[;,]")
"""Addresses that are more than a page or a picture."""

_ATTRIBUTE = r"(?:on\w+|style|srcdoc|srcset|formaction|action)"
_ATTRIBUTES = re.compile(_ATTRIBUTE, re.IGNORECASE)
_HANDLERS = re.compile(rf"<[^<>]*[\s/\"']{_ATTRIBUTE}\s*=", re.IGNORECASE)
"""The same where a viewer takes for an element what is none. It passes by no `<`: many would take minutes."""

_IGNORED = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\\]")
"""What browsers and Markdown leave out of an address before they look what kind it is."""


def is_active(text: str) -> bool:
    """Whether `text` may hold anything active, wherever a viewer takes HTML to begin."""
    if _SCHEMES.search(_IGNORED.sub("", unescape(unescape(text))).lower()) or _HANDLERS.search(text):
        return True
    if "<!" in text or "<?" in text:
        return True  # some comments are conditions, and one that is not closed hides what follows
    if text.count("<") > MOST_ELEMENTS:
        return True
    found = _Elements()
    found.feed(text)
    found.close()
    return found.active


def fenced(text: str) -> str:
    """`text` as Markdown that shows it as it is written."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


class _Elements(HTMLParser):
    """Looks for elements that act, in any text."""

    def __init__(self) -> None:
        super().__init__()
        self.active = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.active |= tag.lower() in ACTIVE or any(_ATTRIBUTES.fullmatch(name) for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        self.active |= tag.lower() in ACTIVE
