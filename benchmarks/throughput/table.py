"""The table: what each grader costs a submission, beside ours."""

from dataclasses import dataclass

ONE_PROCESS, OTTER, NBGRADER, ONE_SESSION = 12.0, 25.0, 25.0, 2.0
"""So many times ours must each of the others cost at least."""

FLOOR_RATIO, FIXED_MS = 1.5, 60.0
"""Ours may cost so many times the floor, and so much more."""


@dataclass(frozen=True)
class Row:
    """One grader.

    Attributes:
        name: What it is.
        count: How many submissions it graded.
        cpu: CPU seconds a submission.
        rate: Submissions a minute on all cores.
        aim: How many times ours it should cost at least; None if nothing is aimed at.
        note: What to know about the number.
    """

    name: str
    count: int
    cpu: float
    rate: float
    aim: float | None = None
    note: str = ""


def table(ours: Row, others: list[Row]) -> str:
    """All of them, with their ratios to ours."""
    lines = [f"{'':<34}{'graded':>7}{'CPU ms':>9}{'a minute':>10}{'of ours':>9}{'aim':>7}{'met':>5}"]
    for row in (ours, *others):
        ratio = row.cpu / ours.cpu
        aim = "" if row.aim is None else f"{row.aim:g}"
        met = "" if row.aim is None else verdict(ratio >= row.aim)
        lines.append(
            f"{row.name:<34}{row.count:>7}{row.cpu * 1e3:>9.0f}{row.rate:>10.0f}{ratio:>9.2f}{aim:>7}{met:>5}"
        )
    notes = [f"{row.name}: {row.note}" for row in (ours, *others) if row.note]
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
