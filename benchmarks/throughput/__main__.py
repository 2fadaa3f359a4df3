"""Grade the same class with the same tests in every way, and print what a submission costs.

    python -m benchmarks.throughput [--ours 200] [--only ours,floor,...] [--keep DIR]

All run on this machine one after the other, with as many processes side by side as
there are cores and one thread in each. CPU times include all processes that were
started; they hardly change when others use the machine too, rates do.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.throughput import accounts, course, machine, ours, staging, table

WAYS = ("ours", "floor")
CORES = len(os.sched_getaffinity(0))


def floor(place: Path, count: int) -> tuple[list[table.Row], float]:
    """The rows of the floor, and the floor itself: CPU seconds of a submission's own calls."""
    spent = accounts.must(
        accounts.run(
            [
                sys.executable,
                "-W",
                "ignore",
                Path(__file__).parent / "floor.py",
                course.submissions(place / "floor", count),
            ],
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
    rows = [table.Row(name, count, found[key], CORES * 60 / found[key]) for key, name in whats.items()]
    return rows, found["calls"]


def our_rows(batch: ours.Batch) -> table.Row:
    """Ours, the start included."""
    note = (
        f"{batch.count} submissions; once warm {batch.warm * 1e3:.0f} ms each ({ours.parts(batch.each)}), "
        f"{batch.rate * 60:.0f} a minute; start and end {batch.start:.1f} s of CPU, once a batch"
    )
    cpu, rate = batch.spent.cpu / batch.count, batch.count / batch.spent.wall * 60
    return table.Row("grader, full isolation", batch.count, cpu, rate, note=note)


def compare(place: Path, options: argparse.Namespace) -> None:
    """Measure what was asked for and print the table."""
    print(machine.facts(), flush=True)
    plain = staging.plain_course(place / "plain")
    assert plain.is_dir()
    batch = ours.graded(
        course.course(place / "course"),
        course.submissions(place / "submissions", options.ours),
        place / "out",
        CORES,
        place / "ours.log",
    )
    rows: list[table.Row] = []
    said = []
    if "floor" in options.only:
        more, bare = floor(place, options.floor)
        rows += more
        said.append(table.floor_aim(batch.warm, bare))
    print(table.table(our_rows(batch), rows))
    print(*said, sep="\n")


def main() -> None:
    """Read the options; measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(WAYS), help="which of them, with commas; default all")
    parser.add_argument("--ours", type=int, default=200, metavar="N", help="submissions for ours (200)")
    parser.add_argument("--floor", type=int, default=40, metavar="N", help="submissions for the floor (40)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work here, and leave it all there")
    options = parser.parse_args()
    options.only = options.only.split(",")
    if options.keep:
        options.keep.mkdir(parents=True)
        compare(options.keep.resolve(), options)
    else:
        with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
            compare(Path(folder), options)


if __name__ == "__main__":
    main()
