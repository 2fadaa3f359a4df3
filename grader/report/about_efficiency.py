"""Words for the work that a right solution does: for information, or where points hang on it.

The answers are right wherever this is said, so it praises first. For information
it is one short paragraph that comes last; with points it is a finding.
"""

from grader.findings import Efficiency, Growth, TooMuchWork
from grader.report.numbers import count, listed
from grader.report.safe import safe_text
from grader.report.words import Words, name

MUCH = 10
"""So many times the reference's bytes are worth a sentence."""


def paragraph(efficiency: Efficiency) -> str:
    """What to say of it for information, in two to four sentences."""
    said = [
        f"Your {name(efficiency.entry_point)} is right, and could be faster: it has torch run "
        f"{_counted(efficiency)}.",
        *_bytes(efficiency),
        f"No mark depends on it. {_question(efficiency)}",
    ]
    return " ".join(said)


def too_much_work(finding: TooMuchWork, title: str | None) -> Words:
    """Right, and points hang on the work."""
    work = finding.work
    return Words(
        headline=f"Your {name(work.entry_point)} is right, and does far more work than it needs.",
        explanation=" ".join(
            [
                f"It has torch run {_counted(work)}.",
                *_bytes(work),
                "Operators are counted, not seconds: a slow machine says the same.",
            ]
        ),
        next_step=_question(work),
    )


def _counted(work: Efficiency) -> str:
    sizes = listed([f"{name(size)}={extent:,}" for size, extent in work.size])
    growing = _growing(work)
    more = f", and more with {listed([safe_text(growth.yours) for growth in growing])}" if growing else ""
    return (
        f"{count(work.operators, 'operator')} on a call with {sizes}{more}; {safe_text(work.way)} it is "
        f"{work.operators_reference:,}"
    )


def _bytes(work: Efficiency) -> list[str]:
    if work.bytes < MUCH * max(work.bytes_reference, 1):
        return []
    return [
        f"The tensors made on the way take {_size(work.bytes)} in all, instead of "
        f"{_size(work.bytes_reference)}."
    ]


def _question(work: Efficiency) -> str:
    if _growing(work):
        return "Which loop could become one operation on a whole tensor?"
    return "Which steps are done more often than they need to be?"


def _growing(work: Efficiency) -> list[Growth]:
    return [growth for growth in work.growth if growth.yours and not growth.reference]


def _size(many: int) -> str:
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if many >= factor:
            return f"{many / factor:,.1f} {unit}"
    return f"{many:,} bytes"
