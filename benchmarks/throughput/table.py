"""The table: what each grader costs a submission, beside ours."""

from dataclasses import dataclass

from benchmarks.throughput.accounts import Spent

ONE_PROCESS, OTTER, NBGRADER, ONE_SESSION = 12.0, 25.0, 25.0, 2.0
"""So many times ours must each of the others cost at least."""

FLOOR_RATIO, FIXED_MS = 1.5, 60.0
"""Ours may cost so many times the floor, and so much more."""


@dataclass(frozen=True)
class Row:
    """One grader.

    Attributes:
        name: What it is.
        start: CPU seconds that a batch takes however small it is.
        cpu: CPU seconds that each submission takes on top.
        rate: Submissions a minute on all cores, the start apart.
        count: How many submissions the numbers are taken from.
        aim: How many times ours it should cost at least; None if nothing is aimed at.
        note: What to know about the number.
    """

    name: str
    start: float
    cpu: float
    rate: float
    count: int
    aim: float | None = None
    note: str = ""


def between(name: str, few: tuple[int, Spent], many: tuple[int, Spent], aim: float, note: str) -> Row:
    """A row out of two runs: what differs is what the submissions cost, the rest is the start.

    Args:
        name: What it is.
        few: A number of submissions, and what grading them cost.
        many: The same for more of them.
        aim: As in `Row`.
        note: As in `Row`.
    """
    more = many[0] - few[0]
    each = (many[1].cpu - few[1].cpu) / more
    rate = more / (many[1].wall - few[1].wall) * 60
    return Row(name, many[1].cpu - each * many[0], each, rate, more, aim, note)


def table(ours: Row, others: list[Row]) -> str:
    """All of them, with their ratios to ours."""
    head = ("start, s", "each, ms", "a minute", "of", "times ours", "aim", "met")
    lines = [
        f"{'':<34}{'CPU':>10}{'CPU':>10}{'all cores':>10}",
        "{:<34}{:>10}{:>10}{:>10}{:>6}{:>12}{:>6}{:>5}".format("", *head),
    ]
    for row in (ours, *others):
        ratio = row.cpu / ours.cpu
        aim = "" if row.aim is None else f"{row.aim:g}"
        met = "" if row.aim is None else verdict(ratio >= row.aim)
        lines.append(
            f"{row.name:<34}{row.start:>10.1f}{row.cpu * 1e3:>10.0f}{row.rate:>10.0f}{row.count:>6}"
            f"{ratio:>12.2f}{aim:>6}{met:>5}"
        )
    notes = [f"{row.name}: {row.note}." for row in (ours, *others) if row.note]
    return "\n".join([*lines, "", *notes])


def verdict(met: bool) -> str:
    """Yes or no."""
    return "yes" if met else "no"


def floor_aim(ours: float, floor: float) -> str:
    """Whether ours is near enough to the floor; both in CPU seconds a submission."""
    aim = FLOOR_RATIO * floor + FIXED_MS / 1e3
    return (
        f"ours, warm, {ours * 1e3:.0f} ms beside the floor's {floor * 1e3:.0f}: {ours / floor:.2f} times and "
        f"{(ours - floor) * 1e3:.0f} ms more; the aim is at most {FLOOR_RATIO:g} times and {FIXED_MS:g} ms, "
        f"which is {aim * 1e3:.0f}: met {verdict(ours <= aim)}"
    )
