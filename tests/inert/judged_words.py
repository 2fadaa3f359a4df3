"""What is wrong with text that people, terminals and build servers read, one phrase each.

A judge gets what a renderer made of hostile text, and what it makes of plain text in
the same places; it knows its sink's rules by itself, and nothing of how we escape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pyte

from tests.inert.corpus import WORD

ACTIVE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U0010ffff]"
)
"""Characters that act on text, turn it around, hide in it, or that nobody may send; line ends are none."""

STACKED = re.compile("[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]{5}")
"""Marks that grow out of their line."""

_ORDERS = (
    "add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|internal-set-repo-path|notice|remove-matcher|"
    "save-state|set-env|set-output|stop-commands|warning"
)
COMMAND = re.compile(
    # The first form counts at the beginning of a line, after white space, the others anywhere.
    rf"^[^\S\n]*::(?:{_ORDERS})(?:\s[^\n]*)?::|\#\#\[|\#\#vso\[|\#\#teamcity\[",
    re.MULTILINE | re.IGNORECASE,
)
"""What a build server obeys in a log."""

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
"""The one escape sequence that we write."""

_PROPERTIES = {"file", "line", "title"}
_ANNOTATION = re.compile(r"::(error|warning|notice)(?: ([^\n]*?))?::(.*)")


def read(made: bytes) -> str:
    """As UTF-8, and nothing else will do."""
    return made.decode("utf-8", "strict")


def characters(text: str) -> Iterator[str]:
    """Characters that don't stand for themselves."""
    if text.isascii() and text.isprintable():
        return
    if found := sorted(set(ACTIVE.findall(text))):
        yield f"holds {', '.join(f'U+{ord(each):04X}' for each in found[:4])}"
    if STACKED.search(text):
        yield "has marks stacked on a letter"


def words(made: bytes, plain: bytes) -> list[str]:
    """Text in a file or on a terminal without colour."""
    return [*beginnings(made, plain), *_unreached(read(made))]


def beginnings(made: bytes, plain: bytes) -> list[str]:
    """The same where only the beginning of a name is shown."""
    text = read(made)
    found = [*characters(text)]
    if command := COMMAND.search(text):
        found.append(f"a build server obeys {command[0].strip()[:40]!r}")
    return found


def terminal(made: bytes, plain: bytes) -> list[str]:
    """What is sent to a terminal that shows colours."""
    text = read(made)
    colours = set(COLOUR.findall(read(plain)))
    found = [f"sends {each!r}" for each in set(COLOUR.findall(text)) - colours]
    without = COLOUR.sub("", text)
    found += words(without.encode(), plain)
    return found + _on_screen(text, without)


def _on_screen(sent: str, meant: str) -> list[str]:
    """Whether a terminal shows just these lines, one below the other."""
    lines = meant.split("\n")[:60]
    screen = pyte.Screen(max([100, *map(len, lines)]) + 1, len(lines) + 1)
    pyte.Stream(screen).feed("\r\n".join(map(_letters, sent.split("\n")[:60])))
    shown = [_letters(line) for line in screen.display[: len(lines)]]
    wrong = [] if shown == [_letters(line) for line in lines] else ["a terminal shows something else"]
    return wrong + (["sets the terminal's title"] if screen.title or screen.icon_name else [])


def _letters(line: str) -> str:
    """Without the marks on them: behind some of them this terminal leaves all the rest out."""
    apart = unicodedata.normalize("NFD", line)
    return "".join(each for each in apart if unicodedata.category(each) not in ("Mn", "Me")).rstrip()


def commands(made: bytes, plain: bytes) -> list[str]:
    """Lines that GitHub's runner takes for commands: ours, and not one more."""
    text = read(made)
    lines, before = text.splitlines(), read(plain).splitlines()
    found = [] if len(lines) == len(before) else [f"{len(lines)} lines in the place of {len(before)}"]
    for line in lines:
        command = _ANNOTATION.fullmatch(line)
        if command is None:
            found.append(f"no annotation: {line[:60]!r}")
            continue
        names = [each.partition("=")[0] for each in (command[2] or "").split(",") if each]
        found += [f"a property {name!r}" for name in names if name not in _PROPERTIES]
        found += [f"{name} twice" for name in set(names) if names.count(name) > 1]
        said = _undone(command[3])
        found += [*characters(said), *(f"then obeys {each!r}" for each in COMMAND.findall(said))]
    return found + _unreached(text)


def _undone(data: str) -> str:
    """As the runner reads what a command says."""
    return data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _unreached(text: str) -> list[str]:
    return [] if WORD in text else ["no hostile text came as far as here"]
