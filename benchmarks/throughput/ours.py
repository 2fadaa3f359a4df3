"""Our own grader on the class: `grader grade`, with full isolation, as a teaching assistant runs it."""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.throughput import accounts

WARM = 10
"""Submissions after which every slot has run: what they cost beyond the others is the start."""

FLAT = 1.1
"""Memory is flat if it ends with at most so many times what it began with."""

PARTS = ("driver", "judges", "zygotes", "workers")
"""Who works: what writes reports; hidden tests, references and comparison; what forks; student code."""


@dataclass(frozen=True)
class Batch:
    """What a batch cost.

    Attributes:
        count: How many submissions there were.
        spent: What the whole program cost.
        each: CPU seconds a submission once everything is warm, by part.
        rate: Submissions a second once everything is warm.
        memory: Looks at memory, from the tenth submission on.
    """

    count: int
    spent: accounts.Spent
    each: tuple[float, ...]
    rate: float
    memory: tuple[accounts.Look, ...]

    @property
    def warm(self) -> float:
        """CPU seconds a submission once everything is warm."""
        return sum(self.each)

    @property
    def start(self) -> float:
        """CPU seconds of everything else: imports, warming, proving the wall, the end of the run."""
        return self.spent.cpu - self.warm * self.count


def graded(course: Path, submissions: Path, out: Path, slots: int, log: Path) -> Batch:
    """Grade a class."""
    program = Path(sys.executable).parent / "grader"
    shutil.rmtree(out, ignore_errors=True)
    students = out / "students"
    spent = accounts.must(
        accounts.run(
            [program, "--course", course, "grade", submissions, "--out", out, "--jobs", str(slots)],
            log,
            cwd=course,
            env=dict(os.environ),
            done=lambda: len(os.listdir(students)) if students.is_dir() else 0,
        ),
        "grader grade",
    )
    count = len(os.listdir(students))
    # At the very end slots are closing, and what has ended is counted elsewhere.
    looks = [look for look in spent.looks if look.done >= WARM and look.memory[3]]
    if not looks or looks[0].done >= looks[-1].done:
        raise SystemExit(f"{count} submissions are too few to see what one costs; take more.")
    return Batch(count, spent, *_slope(looks[0], looks[-1]), memory=tuple(looks))


def _slope(first: accounts.Look, last: accounts.Look) -> tuple[tuple[float, ...], float]:
    done = last.done - first.done
    each = [(b - a) / done for a, b in zip(first.cpu, last.cpu, strict=True)]
    # Generation 2 is the zygote's guard; workers are the generation below the zygote, and their own.
    return (each[0], each[1], each[2] + each[3], sum(each[4:])), done / (last.seconds - first.seconds)


def parts(each: Sequence[float]) -> str:
    """Who works how much, in words."""
    return ", ".join(f"{name} {seconds * 1e3:.0f} ms" for name, seconds in zip(PARTS, each, strict=True))


def memory(batch: Batch) -> str:
    """What driver, judges and zygotes held at the tenth submission, at the last and at most, in words."""
    first, last = batch.memory[0], batch.memory[-1]
    told, flat = [], True
    for name, generation in (("driver", 0), ("judges", 1), ("zygotes", 3)):
        held = [look.memory[generation] for look in batch.memory]
        flat = flat and held[-1] <= FLAT * held[0]
        told.append(f"{name} {held[0]:.0f} -> {held[-1]:.0f} (at most {max(held):.0f})")
    return (
        f"MiB resident from submission {first.done} to {last.done}: {', '.join(told)}; "
        f"the aim is at most {FLAT:g} times: met {'yes' if flat else 'no'}"
    )
