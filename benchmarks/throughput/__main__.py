"""Grade the same class with the same tests in every way, and print what a submission costs.

    python -m benchmarks.throughput [--only ours,floor,...] [--ours 150] [--keep DIR]

All run on this machine one after the other, with as many processes side by side as
there are cores and one thread in each. CPU times include all processes that were
started, and change less than rates when others use the machine too. What a batch
costs once, its start, stands apart from what each submission costs: for ours it is
seen while the batch runs, for the others it follows from a small batch and a larger.

`--ours 5000` shows whether memory stays flat over a large class.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.throughput import accounts, course, machine, nbgraders, otter, ours, peers, staging, table

WAYS = ("ours", "floor", "process", "session", "otter", "nbgrader")
CORES = len(os.sched_getaffinity(0))


def floor(place: Path, count: int) -> tuple[list[table.Row], float]:
    """The rows of the floor, and the floor itself: CPU seconds of a submission's own calls."""
    submissions = course.submissions(place / "floor", count)
    spent = accounts.must(
        accounts.run(
            [sys.executable, "-W", "ignore", Path(__file__).parent / "floor.py", submissions],
            place / "floor.log",
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(place / "plain"), "OMP_NUM_THREADS": "1"},
        ),
        "the floor",
    )
    found = json.loads(spent.output.splitlines()[-1])
    whats = {
        "calls": "(d) the student's calls alone",
        "tests": "(d) whole tests, one warm process",
        "fork": "(d) the same, a fork each",
    }
    rows = [table.Row(name, 0.0, found[key], CORES * 60 / found[key], count) for key, name in whats.items()]
    return rows, found["calls"]


def our_row(batch: ours.Batch) -> table.Row:
    """Ours."""
    note = f"{ours.parts(batch.each)}; {batch.spent.cpu:.0f} s of CPU for {batch.count} with everything"
    return table.Row(
        "grader, full isolation", batch.start, batch.warm, batch.rate * 60, batch.count - ours.WARM, note=note
    )


def say(row: table.Row) -> table.Row:
    """Tell who waits what is done."""
    print(f"{row.name}: {row.cpu * 1e3:.0f} ms of CPU a submission", file=sys.stderr, flush=True)
    return row


def compare(place: Path, options: argparse.Namespace) -> None:
    """Measure what was asked for and print the table."""
    print(machine.facts(), flush=True)
    staging.plain_course(place / "plain")
    batch = ours.graded(
        course.course(place / "course"),
        course.submissions(place / "submissions", options.ours),
        place / "out",
        CORES,
        place / "ours.log",
    )
    mine = our_row(batch)
    say(mine)
    rows: list[table.Row] = []
    said = [ours.memory(batch)]
    if "process" in options.only:
        rows.append(say(peers.one_process_each(place, options.process, CORES)))
    if "otter" in options.only:
        rows.append(say(otter.graded(place, CORES, options.otter, CORES)))
    if "nbgrader" in options.only:
        rows.append(say(nbgraders.graded(place, CORES, options.nbgrader, CORES)))
    if "session" in options.only:
        few = max(2 * CORES, options.session // 10)
        rows.append(say(peers.one_session(place, few, options.session, CORES)))
    if "floor" in options.only:
        more, bare = floor(place, options.floor)
        rows += more
        said.insert(0, table.floor_aim(batch.warm, bare))
    print(table.table(mine, rows))
    print(*said, sep="\n")


def main() -> None:
    """Read the options; measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(WAYS), help=f"which others: {', '.join(WAYS[1:])}")
    counts = {"ours": 150, "floor": 40, "process": 20, "session": 100, "otter": 16, "nbgrader": 16}
    for way, count in counts.items():
        parser.add_argument(f"--{way}", type=int, default=count, metavar="N", help=f"submissions ({count})")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work here, and leave it all there")
    options = parser.parse_args()
    options.only = options.only.split(",")
    if wrong := set(options.only) - set(WAYS):
        parser.error(f"--only knows {', '.join(WAYS)}, not {', '.join(sorted(wrong))}")
    if options.keep:
        options.keep.mkdir(parents=True)
        compare(options.keep.resolve(), options)
    else:
        with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
            compare(Path(folder), options)


if __name__ == "__main__":
    main()
