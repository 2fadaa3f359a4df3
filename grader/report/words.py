"""The words for one finding, before they are put in order: a plain record.

`about_results`, `about_running` and `about_loading` each make `Words` from the
findings of their theme. Every string in `Words` is inert already (see `safe`):
whoever makes one passes student text through `safe_text`. Sentences here are
read by a tired student at midnight: short, plain, kind and specific.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.findings import Frame
from grader.report.numbers import count
from grader.report.safe import safe_text

_NAME = 120
"""Most characters of a name or call: a long one is a trick, not a name."""


LOADING = "Everything at the top level of the file runs when it is loaded, before any test."

_OWN_CLASS = "an exception of its own class"


@dataclass(frozen=True)
class Table:
    """What differs, side by side: one header and rows of the same length."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Words:
    """What is said about one finding.

    Attributes:
        headline: What is wrong, in one sentence.
        explanation: What that means, in one or two sentences.
        next_step: What to look at next.
        facts: Further facts, each a label of at most seven letters and a text.
        table: What differs, side by side.
        lines: The student's own lines that led there, as text.
    """

    headline: str
    explanation: str
    next_step: str
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    lines: tuple[str, ...] = ()


def name(text: str) -> str:
    """A name of unknown origin, inert and short."""
    return safe_text(text, _NAME)


def names(texts: Sequence[str], limit: int = 6) -> list[str]:
    """Names of unknown origin, inert and short; beyond `limit` only their number."""
    kept = [name(text) for text in texts[:limit]]
    return kept if len(texts) <= limit else [*kept, f"{len(texts) - limit:,} more"]


def kind(exception: str) -> str:
    """The class of an exception; '' is one whose name a student's report does not show."""
    return name(exception) or _OWN_CLASS


def not_shown(many: int) -> str:
    """What is said in place of so many names that student code chose."""
    return (
        f"{count(many, 'name')} not shown, because your code may choose {'it' if many == 1 else 'them'} by "
        "the inputs of a hidden test"
    )


def part(leaf: str) -> str:
    """A part of what came back, such as `result[1]`; '' for the whole."""
    return f"result{name(leaf)}" if leaf.startswith(("[", ".")) else name(leaf)


def of_part(leaf: str) -> str:
    """` of result[1]`, or nothing for the whole result."""
    return f" of {part(leaf)}" if leaf else ""


def where(title: str | None) -> str:
    """` in: 'title'`, or nothing where there is no test."""
    return f" in: '{safe_text(title)}'" if title else ""


def source_lines(frames: Sequence[Frame]) -> tuple[str, ...]:
    """The student's own lines of a traceback; of a deep one the first and the last three."""
    shown = list(frames) if len(frames) <= 4 else [frames[0], *frames[-3:]]
    out: list[str] = []
    for i, frame in enumerate(shown):
        if i == 1 and len(frames) > len(shown):
            out.append(f"... ({len(frames) - len(shown):,} calls between)")
        place = f"{name(frame.file)}, line {frame.line}"
        within = "" if frame.function in ("", "<module>") else f", in {name(frame.function)}"
        out.append(f"{place}{within}")
        if frame.text:
            out.append(f"    {safe_text(frame.text, 200)}")
    return tuple(out)
