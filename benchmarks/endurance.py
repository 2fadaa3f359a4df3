"""Thousands of submissions in one batch: does everybody get theirs, and does memory stay flat?

    python -m benchmarks.endurance [--count 5000] [--jobs 2]

Grades a synthetic class (`benchmarks.synthetic`) with `grader grade`, one student in twenty
of it hanging, crashing or eating memory. Every exercise must have its verdict and its marks;
no process, temporary file or control group may be left. Prints the rate, the memory of every
kind of process over time, and the size of the journal. Exits with 1 if something is not so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.synthetic import make_class, mistakes, write_class, write_course
from benchmarks.throughput import accounts, machine
from tests.grader.remaining import PATIENCE, Remaining

MARKS = (10, 100, 500, 1_000, 2_000, 5_000, 10_000)
"""Submissions after which memory is printed."""

KINDS = ("driver", "judges", "guards", "zygotes")
"""The generations of processes below the driver; what is below zygotes comes and goes."""

GROWTH_AIM = 1.1
"""The driver and the judges at the end, by what they had after a tenth of the class or 100 submissions."""


@dataclass(frozen=True)
class Came:
    """What came of a run.

    Attributes:
        spent: What it cost, with looks at memory.
        wrong: What the reports say that is not so.
        left: What was left behind.
        results: How many results the journal has.
        journal: Its bytes.
        reports: Bytes of everything else that was written.
    """

    spent: accounts.Spent
    wrong: Sequence[str]
    left: Sequence[str]
    results: int
    journal: int
    reports: int


def run(count: int, jobs: int, seed: int, folder: Path) -> Came:
    """Grade a class of `count` in `folder`."""
    students = make_class(count, seed)
    course = write_course(folder / "course")
    handed_in, out = write_class(folder / "class", students), folder / "out"
    program = Path(sys.executable).parent / "grader"
    with Remaining() as remaining:
        done = _Count(out / "students", remaining)
        spent = accounts.must(
            accounts.run(
                [program, "--course", course, "grade", handed_in, "--out", out, "--jobs", str(jobs)],
                folder / "log",
                cwd=folder,
                env=dict(os.environ),
                done=done,
            ),
            "grader grade",
        )
        deadline = time.monotonic() + PATIENCE
        while (left := remaining.left()) and time.monotonic() < deadline:
            time.sleep(0.1)
    with closing(sqlite3.connect(out / "journal.sqlite")) as journal:
        (results,) = journal.execute("SELECT count(*) FROM results").fetchone()
    size = (out / "journal.sqlite").stat().st_size
    reports = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) - size
    return Came(spent, tuple(mistakes(out, students)), tuple(left), results, size, reports)


class _Count:
    """How many students have their reports; looks at processes now and then, as it is asked."""

    def __init__(self, students: Path, remaining: Remaining) -> None:
        self._students, self._remaining = students, remaining
        self._next = 0.0

    def __call__(self) -> int:
        if time.monotonic() > self._next:
            self._remaining.look()
            self._next = time.monotonic() + 1  # all of /proc; a zygote lives as long as its slot
        with suppress(FileNotFoundError):
            return len(os.listdir(self._students))
        return 0


def table(looks: Sequence[accounts.Look]) -> str:
    """Memory over time, in MiB: what all processes of a kind have resident together."""
    lines = [f"{'submissions':>11}{'seconds':>9}{'rate':>9}" + "".join(f"{kind:>10}" for kind in KINDS)]
    for look in at_marks(looks):
        memory = "".join(f"{each:>10.0f}" for each in look.memory[: len(KINDS)])
        lines.append(f"{look.done:>11,}{look.seconds:>9.0f}{60 * look.done / look.seconds:>6.0f}/min{memory}")
    return "\n".join(lines)


def at_marks(looks: Sequence[accounts.Look]) -> list[accounts.Look]:
    """The first look after each mark, and the last one at which all was still running."""
    running = [look for look in looks if look.memory[3]]
    chosen = []
    for mark in MARKS:
        chosen += [look for look in running if look.done >= mark][:1]
    return list(dict.fromkeys([*chosen, *running[-1:]]))


def growth(looks: Sequence[accounts.Look], count: int) -> tuple[float, float]:
    """By what the driver and the judges have grown since everything was warm."""
    warm = [look for look in looks if look.done >= min(100, count // 10) and look.memory[3]]
    if len(warm) < 20:
        raise SystemExit(f"{count} submissions are too few to see whether memory grows; take more.")
    # Several looks each, because single ones fall into the middle of a job, or of a restart.
    first, last = warm[:10], warm[-10:]
    driver, judges = (
        sorted(look.memory[kind] for look in last)[5] / sorted(look.memory[kind] for look in first)[5]
        for kind in (0, 1)
    )
    return driver, judges


def main() -> None:
    """Print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=5_000, help="submissions (default 5,000)")
    parser.add_argument("--jobs", type=int, default=2, help="slots (default 2)")
    parser.add_argument("--seed", type=int, default=0, help="what the class is drawn from")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="endurance-"))
    try:
        came = run(options.count, options.jobs, options.seed, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    spent = came.spent
    print(f"{machine.facts()}\n\n{table(spent.looks)}\n")
    print(
        f"{options.count:,} submissions, {came.results:,} results in {spent.wall:.0f} s: "
        f"{60 * options.count / spent.wall:,.0f} submissions a minute, "
        f"{1e3 * spent.cpu / options.count:.0f} ms of CPU each, the start included"
    )
    print(
        f"journal {came.journal / came.results:,.0f} bytes a result, "
        f"reports {came.reports / options.count:,.0f} bytes a submission"
    )
    driver, judges = growth(spent.looks, options.count)
    flat = max(driver, judges) <= GROWTH_AIM
    for what, good, said in (
        ("every verdict and mark as it must be", not came.wrong, "; ".join(came.wrong[:5])),
        ("nothing left behind", not came.left, "; ".join(came.left[:5])),
        (f"memory grows by no more than {GROWTH_AIM:g}", flat, ""),
    ):
        print(f"{what}: {'yes' if good else 'no'}{' - ' + said if said else ''}")
    print(f"(the driver by {driver:.2f}, the judges by {judges:.2f})")
    raise SystemExit(0 if flat and not came.wrong and not came.left else 1)


if __name__ == "__main__":
    main()
