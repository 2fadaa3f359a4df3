"""The worked examples of a document, run: `python -m grader.verify.examples DOCUMENT NAME=FILE...`.

A block of Python with `>>>` in a fence is an example; they run one after the other,
as a student would type them, and `from softmax import softmax` means the FILE given
for `softmax`. What differs is printed as one line of JSON. Documents and solutions
are the staff's own, but this is a process of its own all the same: what examples
change in torch, or never finish, is nobody else's.
"""

from __future__ import annotations

import doctest
import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FENCE = re.compile(r"^ {0,3}```\s*(\w*)\s*$")
LANGUAGES = ("python", "pycon", "py")
PROMPT = ">>>"
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@dataclass(frozen=True)
class WrongExample:
    """An example that does not give what it shows.

    Attributes:
        line: Its line in the document, from 1.
        source: What was typed.
        expected: What the document shows.
        got: What came, or the exception.
    """

    line: int
    source: str
    expected: str
    got: str


@dataclass(frozen=True)
class Ran:
    """How many examples ran, and which were wrong."""

    examples: int
    wrong: tuple[WrongExample, ...]


def sessions(text: str) -> str:
    """`text` with all lines but those of examples made empty, so that lines keep their numbers."""
    kept: list[str] = []
    block: list[str] = []
    language: str | None = None
    for line in text.splitlines():
        fence = FENCE.match(line)
        if language is None:
            language = fence[1] if fence else None
            kept.append("")
        elif fence and not fence[1]:
            is_session = language in LANGUAGES and any(each.lstrip().startswith(PROMPT) for each in block)
            kept += [*(block if is_session else [""] * len(block)), ""]
            block, language = [], None
        else:
            block.append(line)
    return "\n".join([*kept, *[""] * len(block)]) + "\n"


class _Runner(doctest.DocTestRunner):
    """Keeps what was wrong in place of printing it."""

    def __init__(self) -> None:
        super().__init__(optionflags=OPTIONS)
        self.wrong: list[WrongExample] = []

    def report_failure(self, out: object, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self._note(example, got)

    def report_unexpected_exception(
        self, out: object, test: doctest.DocTest, example: doctest.Example, exc_info: Any
    ) -> None:
        self._note(example, f"{exc_info[0].__name__}: {exc_info[1]}\n")

    def _note(self, example: doctest.Example, got: str) -> None:
        shown = example.want or example.exc_msg or ""
        self.wrong.append(WrongExample(example.lineno + 1, example.source, shown, got))


def run(text: str, label: str) -> Ran:
    """Run the examples of a document in this process, one after the other.

    Raises:
        ValueError: A block is not written as doctest would take it.
    """
    test = doctest.DocTestParser().get_doctest(sessions(text), {"__name__": "example"}, label, label, 0)
    runner = _Runner()
    runner.run(test)
    return Ran(len(test.examples), tuple(runner.wrong))


def main(arguments: list[str]) -> None:
    """Run the examples of one document; the last line of output is what was found."""
    from grader.checks.reference import load_module

    document, *modules = arguments
    for module in modules:
        name, _, file = module.partition("=")
        sys.modules[name] = load_module(Path(file), name)
    print(json.dumps(asdict(run(Path(document).read_text(encoding="utf-8"), document))))


if __name__ == "__main__":
    main(sys.argv[1:])
