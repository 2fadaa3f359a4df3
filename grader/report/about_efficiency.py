"""Words for the work that a right solution does: one short paragraph, for information only.

Nothing is wrong where this is said, so it comes last, and it praises first.
"""

from grader.findings import Efficiency, Growth
from grader.report.numbers import listed
from grader.report.safe import safe_text
from grader.report.words import name

MUCH = 10
"""So many times the reference's bytes are worth a sentence."""


def paragraph(efficiency: Efficiency) -> str:
    """What to say of it, in two or three sentences."""
    yours = f"{efficiency.operators:,} {'operator' if efficiency.operators == 1 else 'operators'}"
    sizes = listed([f"{name(size)}={extent:,}" for size, extent in efficiency.size])
    growing = [growth for growth in efficiency.growth if growth.yours and not growth.reference]
    said = [
        f"Your {name(efficiency.entry_point)} is right, and could be faster: it has torch run {yours} on a "
        f"call with {sizes}{_growing(growing)}; {safe_text(efficiency.way)} it is "
        f"{efficiency.operators_reference:,}."
    ]
    if efficiency.bytes >= MUCH * max(efficiency.bytes_reference, 1):
        said.append(
            f"The tensors made on the way take {_size(efficiency.bytes)} in all, instead of "
            f"{_size(efficiency.bytes_reference)}."
        )
    said.append(
        "No mark depends on it. Which loop could become one operation on a whole tensor?"
        if growing
        else "No mark depends on it. Which steps are done more often than they need to be?"
    )
    return " ".join(said)


def _growing(growing: list[Growth]) -> str:
    if not growing:
        return ""
    return f", and more with {listed([safe_text(growth.yours) for growth in growing])}"


def _size(many: int) -> str:
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if many >= factor:
            return f"{many / factor:,.1f} {unit}"
    return f"{many:,} bytes"
