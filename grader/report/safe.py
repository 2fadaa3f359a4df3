"""Hostile text made inert: what every renderer does to a student's strings.

Names, messages, source lines, file names and printed output may hold terminal
escapes, text-direction overrides, halves of characters, or a megabyte in one
line. What comes out of here holds only characters that stand for themselves
(anything else is spelled out, such as `\\x1b`) and nothing that a build server
takes for a command of its own, in a bounded length. It does
not escape for HTML, CSV or any markup: that is each sink's own business, and
the terminal renderer never reads markup at all.
"""

import re
import unicodedata

from grader.report.numbers import count

LINE = 500
"""Most characters of one student string: longer than any line worth reading."""

_ACTIVE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that act on, hide in, or break the text around them: controls,
format characters (direction, zero width, tags), surrogates, private use, unassigned,
line and paragraph separators."""

_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0))))
)
"""Letters and marks that leave their place empty: with them one name can pass for another. The two that
choose how an emoji looks are none."""

_ORDER = re.compile(
    "::(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|internal-set-repo-path|notice|"
    r"remove-matcher|save-state|set-env|set-output|stop-commands|warning)\b)|##(?=\w*\[)",
    re.IGNORECASE,
)
"""What a build server obeys in a log, such as `::set-output` and `##[error]`. The first counts at the
beginning of a line only, but whoever wraps a text decides where that is."""

_STACKED = 4
"""Combining marks in a row before they are spelled out: no script stacks as many."""


def safe_text(text: str, limit: int = LINE) -> str:
    """One line of inert text from a string of unknown origin.

    Args:
        text: Any string, lone surrogates included.
        limit: Most characters that come out, but for what says how much was left out.

    Returns:
        A single line in which every active character is spelled out, and
        which says how much was left out if `text` is longer than `limit`.
    """
    kept = text[:limit]
    taken = len(kept)
    may_order = "::" in kept or "##" in kept
    if may_order or not (kept.isascii() and kept.isprintable()):
        kept, taken = _spelled_out(kept, limit)
    left_out = len(text) - taken
    return f"{kept}... ({count(left_out, 'more character')})" if left_out else kept


def safe_lines(text: str, limit: int, width: int = 160) -> list[str]:
    """The first `limit` lines of `text`, inert and at most `width` long, and one that counts the rest.

    A carriage return ends a line as a line feed does: progress bars draw with it.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n") if text else []
    kept = [safe_text(line, width) for line in lines[:limit]]
    left_out = len(lines) - len(kept)
    if left_out:
        kept.append(f"... ({count(left_out, 'more line')})")
    return kept


def encodable(text: str) -> str:
    """`text` with lone surrogates spelled out, for sinks that must be valid UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _spelled_out(text: str, limit: int) -> tuple[str, int]:
    """`text` spelled out in at most `limit` characters, and how many of its own that took."""
    out: list[str] = []
    orders = {found.start() for found in _ORDER.finditer(text)}
    length = marks = 0
    for taken, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        acts = category in _ACTIVE or character in _UNSEEN or marks > _STACKED or taken in orders
        shown = _escape(character) if acts else character
        length += len(shown)
        if length > limit:
            return "".join(out), taken
        out.append(shown)
    return "".join(out), len(text)


def _escape(character: str) -> str:
    if character == "\t":
        return "    "
    point = ord(character)
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
