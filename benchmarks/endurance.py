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
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.synthetic import make_class, mistakes, write_class, write_course
from benchmarks.throughput import accounts, machine
from tests.grader.remaining import PATIENCE, Remaining, below, command

MARKS = (10, 100, 500, 1_000, 2_000, 5_000, 10_000)
"""Submissions after which memory is printed."""

TICK_SECONDS = 1.0
"""Between two looks at the processes: each reads all of /proc, which takes some milliseconds."""

SAMPLE = 10
"""Looks whose median counts: single ones fall into the middle of a job, or of a restart."""

PAGE = os.sysconf("SC_PAGE_SIZE")

JUDGE_AIM = 1.1
"""The largest judge at the end, by what it was after a tenth of the class or 100 submissions."""

DRIVER_AIM_KB = 4.0
"""What the driver keeps of a submission: a row of the gradebook, and what is to be said at the end."""


@dataclass(frozen=True)
class Look:
    """One look at the processes.

    Attributes:
        seconds: Since the start.
        done: Submissions that have their reports.
        judges: How many slots there are: a spare one comes where a submission only sleeps.
        driver: MiB resident.
        judge: The same, of the largest one.
        zygote: The same, of the largest one.
    """

    seconds: float
    done: int
    judges: int
    driver: float
    judge: float
    zygote: float


@dataclass(frozen=True)
class Came:
    """What came of a run.

    Attributes:
        spent: What it cost.
        looks: Memory over time, from the moment when there is a zygote.
        wrong: What the reports say that is not so.
        left: What was left behind.
        results: How many results the journal has.
        journal: Its bytes.
        reports: Bytes of everything else that was written.
    """

    spent: accounts.Spent
    looks: Sequence[Look]
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
        done = _Watch(out / "students", remaining)
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
    return Came(spent, done.looks, tuple(mistakes(out, students)), tuple(left), results, size, reports)


class _Watch:
    """How many students have their reports; looks at processes now and then, as it is asked."""

    def __init__(self, students: Path, remaining: Remaining) -> None:
        self._students, self._remaining = students, remaining
        self._began = time.monotonic()
        self._next = 0.0
        self.looks: list[Look] = []

    def __call__(self) -> int:
        done = 0
        with suppress(FileNotFoundError):
            done = len(os.listdir(self._students))
        if time.monotonic() > self._next:
            self._next = time.monotonic() + TICK_SECONDS
            self._remaining.look()
            self._look(done)
        return done

    def _look(self, done: int) -> None:
        family = below(os.getpid())
        driver = [
            pid for pid, (parent, _) in family.items() if parent == os.getpid() and "grade" in command(pid)
        ]
        judges = [pid for pid in _children(family, driver) if "batch.serving" in command(pid)]
        guards = [pid for pid in _children(family, judges) if "worker.zygote" in command(pid)]
        memory = [
            max(map(_resident, kind), default=0.0) for kind in (driver, judges, _children(family, guards))
        ]
        if memory[2]:
            self.looks.append(Look(time.monotonic() - self._began, done, len(judges), *memory))


def _children(family: Mapping[int, tuple[int, str]], parents: Collection[int]) -> list[int]:
    return [pid for pid, (parent, _) in family.items() if parent in parents]


def _resident(pid: int) -> float:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20
    return 0.0


def table(looks: Sequence[Look]) -> str:
    """Memory over time, in MiB, of the driver and the largest of each other kind."""
    lines = [
        f"{'submissions':>11}{'seconds':>9}{'rate':>10}{'slots':>7}{'driver':>8}{'judge':>8}{'zygote':>8}"
    ]
    for each in at_marks(looks):
        rate = f"{60 * each.done / each.seconds:.0f}/min"
        lines.append(
            f"{each.done:>11,}{each.seconds:>9.0f}{rate:>10}{each.judges:>7}"
            f"{each.driver:>8.0f}{each.judge:>8.0f}{each.zygote:>8.0f}"
        )
    return "\n".join(lines)


def at_marks(looks: Sequence[Look]) -> list[Look]:
    """The first look after each mark, and the last one of all."""
    chosen = []
    for mark in MARKS:
        chosen += [look for look in looks if look.done >= mark][:1]
    return list(dict.fromkeys([*chosen, *looks[-1:]]))


def growth(looks: Sequence[Look], count: int) -> tuple[float, float]:
    """By what the largest judge has grown since everything was warm, and the driver in kB a submission."""
    warm = [look for look in looks if look.done >= min(100, count // 10)]
    if len(warm) < 2 * SAMPLE:
        raise SystemExit(f"{count} submissions are too few to see whether memory grows; take more.")
    first, last = warm[:SAMPLE], warm[-SAMPLE:]
    judge = median(look.judge for look in last) / median(look.judge for look in first)
    driver = median(look.driver for look in last) - median(look.driver for look in first)
    done = median(look.done for look in last) - median(look.done for look in first)
    return judge, 1024 * driver / done


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
    print(f"{machine.facts()}\n\n{table(came.looks)}\n")
    print(
        f"{options.count:,} submissions, {came.results:,} results in {spent.wall:.0f} s: "
        f"{60 * options.count / spent.wall:,.0f} submissions a minute, "
        f"{1e3 * spent.cpu / options.count:.0f} ms of CPU each, the start included"
    )
    print(
        f"journal {came.journal / came.results:,.0f} bytes a result, "
        f"reports {came.reports / options.count:,.0f} bytes a submission"
    )
    judge, driver = growth(came.looks, options.count)
    flat = judge <= JUDGE_AIM and driver <= DRIVER_AIM_KB
    for what, good, said in (
        ("every verdict and mark as it must be", not came.wrong, "; ".join(came.wrong[:5])),
        ("nothing left behind", not came.left, "; ".join(came.left[:5])),
        ("memory flat", flat, ""),
    ):
        print(f"{what}: {'yes' if good else 'no'}{' - ' + said if said else ''}")
    print(
        f"(the largest judge grew by {judge:.2f}, aim {JUDGE_AIM:g}; "
        f"the driver by {driver:.1f} kB a submission, aim {DRIVER_AIM_KB:g})"
    )
    raise SystemExit(0 if flat and not came.wrong and not came.left else 1)


if __name__ == "__main__":
    main()
