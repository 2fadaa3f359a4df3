"""Which modules a file may import, told from its bytes.

Nothing is parsed or decoded: bytes are searched, and doubt means yes, because
a module too many does no harm and one too few loses marks. Every search here
takes time that grows with the file and no faster, whatever the file holds.
"""

import re
from collections.abc import Iterator, Sequence

_CHOOSES = re.compile(
    rb"\b(?:import_module|__import__)\s*\(\s*[^\s\"'\\]|\b(?:glob|iterdir|listdir|scandir|runpy)\b"
)
"""What speaks of modules that are chosen while the code runs: then all of them go along."""

_IMPORTS = re.compile(rb"\bimport\b|\bimport_module\b|__import__")
_QUOTED = re.compile(rb"[\"'](\w+)(?:\.py)?[\"'\\]")
_RUN = re.compile(rb"%run[ \t]{1,8}(?:-\w[ \t]{1,8})?[\"'\\]{0,2}(\w+)")
_WORD = re.compile(rb"(\w+)")


def imported(content: bytes, modules: Sequence[str]) -> list[str]:
    """Those of `modules` (files' names, with `.py`) that a file may import.

    All words of a line that speaks of importing count, all words in quotes (for
    `exec(open("softmax.py"))` and lists of names), and what a notebook's `%run` runs.
    """
    if not modules or _CHOOSES.search(content):
        return list(modules)
    by_word = {name.removesuffix(".py").encode(): name for name in modules}
    found = {word for word in _words(content) if word in by_word}
    return [name for word, name in by_word.items() if word in found]


def _words(content: bytes) -> Iterator[bytes]:
    for pattern in (_QUOTED, _RUN):
        for match in pattern.finditer(content):
            yield match[1]
    for line in _lines(content.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")):
        if _IMPORTS.search(line):
            for match in _WORD.finditer(line):
                yield match[1]


def _lines(content: bytes) -> Iterator[bytes]:
    """The lines that the word stands in, each once."""
    at = 0
    while (found := content.find(b"import", at)) >= 0:
        start = content.rfind(b"\n", at, found) + 1 or at
        end = content.find(b"\n", found)
        at = end if end >= 0 else len(content)
        yield content[start:at]
