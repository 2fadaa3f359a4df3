"""How long students wait for their reports when all hand in at once, by number of nodes.

    python -m benchmarks.scale [--students 100000] [--nodes 8,16,32] [--slots 16] [--drivers 1]
    python -m benchmarks.scale --times reports/journal.sqlite

A discrete-event simulation of a batch on a cluster: students hand in over an hour, more
and more of them towards its end; every exercise is a job that waits for a slot in the order of
arrival; every result goes through the driver, which journals and writes one after the other. How
long a slot takes is drawn from measured times, a student's exercises together.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import json
import math
import random
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

TIMES = Path(__file__).with_name("service_times.csv")
"""The sample class on one slot of a two-core machine: student, exercise, seconds in the slot."""

HOUR = 3600.0

RESULT_SECONDS = 0.004
"""What the driver takes for a result: unpack it, commit it to the journal, hand out the next job.

Six of these and one of the next are 40 ms, as `benchmarks.driver` measured."""

STUDENT_SECONDS = 0.016
"""What it takes for a student besides: read the submission, make marks, write three reports."""

RUSH = 3.0
"""How many times as many hand in per minute at the end of the hour as at its beginning, as a power of e."""


@dataclass(frozen=True)
class Cluster:
    """What judges.

    Attributes:
        nodes: Machines.
        slots: Of each.
        drivers: Drivers, each with its share of the class and of the nodes.
        result_seconds: What a driver takes for a result.
        student_seconds: What it takes for a student besides.
    """

    nodes: int
    slots: int = 16
    drivers: int = 1
    result_seconds: float = RESULT_SECONDS
    student_seconds: float = STUDENT_SECONDS


@dataclass(frozen=True)
class Waited:
    """What came of it; seconds.

    Attributes:
        median: From handing in to the report.
        late: The same, for the last of a hundred.
        longest: The same, for the last of all.
        after: From the deadline to the last report.
        slots_busy: The share of the slots' time, up to the last report, in which they judged.
        drivers_busy: The share of the drivers'.
    """

    median: float
    late: float
    longest: float
    after: float
    slots_busy: float
    drivers_busy: float


def arrivals(students: int, draw: random.Random, rush: float = RUSH) -> list[float]:
    """When students hand in, in seconds from the beginning of the hour, sorted.

    Args:
        students: How many.
        draw: Where the times come from.
        rush: How the density grows: exp(rush * t / hour); 0 is even.
    """
    if rush == 0:
        return sorted(draw.uniform(0, HOUR) for _ in range(students))
    # The inverse of the distribution function of that density.
    most = math.expm1(rush)
    return sorted(HOUR / rush * math.log1p(draw.random() * most) for _ in range(students))


def simulate(
    cluster: Cluster,
    times: Sequence[Sequence[float]],
    students: int,
    *,
    seed: int = 0,
    rush: float = RUSH,
) -> Waited:
    """Let a class hand in, and every exercise be judged.

    Args:
        cluster: What judges.
        times: For each measured submission the seconds that its exercises take in a slot.
        students: How many hand in.
        seed: Where times of arrival and submissions are drawn from.
        rush: See `arrivals`.
    """
    draw = random.Random(seed)
    came = arrivals(students, draw, rush)
    what = [draw.choice(times) for _ in came]
    waits: list[float] = []
    last = judging = driving = 0.0
    for driver in range(cluster.drivers):
        nodes = len(range(driver, cluster.nodes, cluster.drivers))
        finished = _judged(
            came[driver :: cluster.drivers], what[driver :: cluster.drivers], nodes * cluster.slots
        )
        own = [sum(each) for each in what[driver :: cluster.drivers]]
        judging += sum(own)
        reported, busy = _reported(finished, cluster)
        driving += busy
        last = max(last, *reported.values())
        waits += (reported[student] - at for student, at in enumerate(came[driver :: cluster.drivers]))
    waits.sort()
    return Waited(
        median=waits[len(waits) // 2],
        late=waits[min(len(waits) - 1, len(waits) * 99 // 100)],
        longest=waits[-1],
        after=max(0.0, last - HOUR),
        slots_busy=judging / (cluster.nodes * cluster.slots * last),
        drivers_busy=driving / (cluster.drivers * last),
    )


def _judged(
    came: Sequence[float], what: Sequence[Sequence[float]], slots: int
) -> list[tuple[float, int, int]]:
    """When each job is done, with its student and how many more of theirs there are, in that order."""
    free = [0.0] * slots
    done: list[tuple[float, int, int]] = []
    for student, (at, exercises) in enumerate(zip(came, what, strict=True)):
        for seconds in exercises:
            # The slot that is free first takes the job that came first.
            end = max(at, free[0]) + seconds
            heapq.heapreplace(free, end)
            done.append((end, student, len(exercises)))
    done.sort()
    return done


def _reported(finished: Sequence[tuple[float, int, int]], cluster: Cluster) -> tuple[dict[int, float], float]:
    """When each student has a report, and how long the driver was busy."""
    left: dict[int, int] = {}
    reported: dict[int, float] = {}
    now = busy = 0.0
    for at, student, count in finished:
        left[student] = left.get(student, count) - 1
        cost = cluster.result_seconds + (0.0 if left[student] else cluster.student_seconds)
        now = max(now, at) + cost
        busy += cost
        if not left[student]:
            reported[student] = now
    return reported, busy


# --- measured times -----------------------------------------------------------


def read_times(path: Path) -> list[list[float]]:
    """For each submission the seconds of its exercises.

    Args:
        path: A table (CSV: student, exercise, seconds), a run.json, or a journal.
    """
    submissions: dict[str, list[float]] = defaultdict(list)
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as journal:
            for student, report in journal.execute("SELECT student, report FROM results"):
                submissions[student].append(json.loads(zlib.decompress(report))["seconds"])
    elif path.suffix == ".json":
        for student in json.loads(path.read_bytes())["students"]:
            submissions[student["student"]] = [each["seconds"] for each in student["exercises"]]
    else:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                submissions[row["student"]].append(float(row["seconds"]))
    return [submissions[student] for student in sorted(submissions)]


def as_csv(path: Path) -> str:
    """The times of a run.json, as the table that `read_times` reads."""
    lines = ["student,exercise,seconds"]
    for student in json.loads(path.read_bytes())["students"]:
        lines += [
            f"{student['student']},{each['name']},{each['seconds']:.3f}" for each in student["exercises"]
        ]
    return "\n".join(lines) + "\n"


# --- the table ----------------------------------------------------------------


def duration(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 99.5 * 60 else f"{seconds / 3600:.1f} h"


def table(rows: Sequence[tuple[Cluster, Waited]]) -> str:
    """One line for each cluster, in Markdown."""
    lines = [
        "| nodes | drivers | slots busy | drivers busy | half within | 99% within | last after deadline |",
        "|---|---|---|---|---|---|---|",
    ]
    for cluster, waited in rows:
        lines.append(
            f"| {cluster.nodes} | {cluster.drivers} | {waited.slots_busy:.0%} | {waited.drivers_busy:.0%} "
            f"| {duration(waited.median)} | {duration(waited.late)} | {duration(waited.after)} |"
        )
    return "\n".join(lines)


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--nodes", type=_numbers, default=[8, 16, 32], help="such as 8,16,32")
    parser.add_argument("--slots", type=int, default=16, help="of each node (default 16)")
    parser.add_argument("--drivers", type=_numbers, default=[1], help="such as 1,4")
    parser.add_argument("--times", type=Path, default=TIMES, help="a journal.sqlite, run.json or CSV")
    parser.add_argument("--rush", type=float, default=RUSH, help="0: even over the hour")
    parser.add_argument(
        "--result", type=float, default=RESULT_SECONDS, help="seconds of the driver for a result"
    )
    parser.add_argument("--report", type=float, default=STUDENT_SECONDS, help="and for a student besides")
    options = parser.parse_args(arguments)
    times = read_times(options.times)
    rows = []
    for drivers in options.drivers:
        for nodes in options.nodes:
            if nodes >= drivers:
                cluster = Cluster(nodes, options.slots, drivers, options.result, options.report)
                rows.append((cluster, simulate(cluster, times, options.students, rush=options.rush)))
    print(table(rows))


if __name__ == "__main__":
    main()
