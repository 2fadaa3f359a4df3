"""What a mutant costs: ours, mutmut with plain pytest, and the floor, on the same references and tests.

    python -m benchmarks.mutation [--cores N] [EXERCISE ...]

The tests are the ten of each exercise that `benchmarks/throughput` cuts out, ours behind
the wall, the others' as plain pytest with plain comparisons; each mutant meets them
until one fails. Each tool makes the mutants it makes, mutmut fewer of them, so that
what is compared is the cost of one. What it takes to begin (imports, collection, for
mutmut a run of all tests to see which calls what) stands apart. The floor is a fork of a
warm process for each of our mutants; its rate is that of one after the other, times the
cores. CPU times change less than rates when others use the machine too.
"""

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.throughput import accounts, course, machine, staging
from benchmarks.throughput.environments import python
from benchmarks.throughput.peers import environment
from benchmarks.throughput.table import Row
from grader.verify.mutants import mutants

HERE = Path(__file__).parent
EXERCISES = ("softmax", "conv2d", "training_loop")
"""A short reference, one with a helper and shapes, and one with a loop."""

CONFIGURATION = """
[tool.mutmut]
source_paths = ["src"]
pytest_add_cli_args_test_selection = ["tests"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:warnings", "--import-mode=importlib"]
"""

COUNTS = re.compile(r"(\d+)/(\d+)  \S+ (\d+)")
"""A line of progress, mutmut's and ours: how many are done, of how many, and how many of them were caught."""


def measured(name: str, command: Sequence[str | Path], log: Path, cwd: Path, env: Mapping[str, str]) -> Row:
    """Run a tool that prints how far it is; a mutant costs what is spent between the first and the last."""

    def done() -> int:
        found = COUNTS.findall(log.read_text(errors="replace"))
        return int(found[-1][0]) if found else 0

    spent = accounts.must(accounts.run(command, log, cwd=cwd, env=env, done=done), name)
    first, last = ([look for look in spent.looks if look.done][end] for end in (0, -1))
    count, cpu = last.done - first.done, sum(last.cpu) - sum(first.cpu)
    if count <= 0:
        raise SystemExit(f"{name} was done before anyone could look; the log is {log}.")
    _, judged, caught = COUNTS.findall(spent.output)[-1]
    note = f"{caught} of {judged} mutants caught"
    start = spent.cpu - cpu / count * int(judged)
    return Row(name, start, cpu / count, count / (last.seconds - first.seconds) * 60, int(judged), note=note)


def ours(place: Path, exercise: str, cores: int) -> Row:
    """The bench of `grader verify`."""
    command = [sys.executable, "-m", "benchmarks.mutation.judging", place / "course", exercise, str(cores)]
    log = place / f"ours-{exercise}.log"
    return measured(f"{exercise}: grader verify", command, log, course.ROOT, os.environ)


def theirs(place: Path, exercise: str, cores: int) -> Row:
    """mutmut, which forks a process that has imported the tests, for each mutant."""
    folder = place / f"mutmut-{exercise}"
    for name in ("src", "tests"):
        (folder / name).mkdir(parents=True)
    (folder / "pyproject.toml").write_text(CONFIGURATION)
    solution = course.ROOT / "reference" / exercise / "solution.py"
    shutil.copyfile(solution, folder / "src" / f"{exercise}.py")
    shutil.copyfile(HERE / "fixtures.py", folder / "tests" / "conftest.py")
    tests = f"test_{exercise}.py"
    shutil.copyfile(place / "plain" / "tests" / "hidden" / tests, folder / "tests" / tests)
    command = [python("mutmut"), "-m", "mutmut", "run", "--max-children", str(cores)]
    log = place / f"{folder.name}.log"
    return measured(f"{exercise}: mutmut, pytest", command, log, folder, environment(place / "plain"))


def floor(place: Path, exercise: str, cores: int) -> Row:
    """Our mutants in forks of a warm process; the reference comes first."""
    source = (course.ROOT / "reference" / exercise / "solution.py").read_text()
    folders = place / f"floor-{exercise}"
    for number, program in enumerate([source, *(mutant.source for mutant in mutants(source))]):
        folder = folders / f"{number:04}"
        folder.mkdir(parents=True)
        (folder / f"{exercise}.py").write_text(program)
    command = [sys.executable, "-W", "ignore", HERE / "floor.py", exercise, folders]
    log = place / f"{folders.name}.log"
    spent = accounts.run(command, log, cwd=place, env=environment(place / "plain"))
    found = json.loads(accounts.must(spent, "the floor").output.splitlines()[-1])
    rate, note = cores * 60 / found["wall"], f"{found['caught']} of {found['judged']} mutants caught"
    start = spent.cpu - found["cpu"] * found["judged"]
    return Row(f"{exercise}: the floor, a fork each", start, found["cpu"], rate, found["judged"], note=note)


def table(rows: list[Row]) -> str:
    """What each costs; the first row of each exercise is ours, which the others are compared with."""
    head = ("start, s", "each, ms", "a second", "times ours")
    lines = ["{:<40}{:>10}{:>10}{:>10}{:>12}".format("", *head)]
    for place, row in enumerate(rows):
        mine = rows[place - place % 3]
        numbers = f"{row.start:>10.1f}{row.cpu * 1e3:>10.0f}{row.rate / 60:>10.1f}{row.cpu / mine.cpu:>12.2f}"
        lines.append(f"{row.name:<40}{numbers}  {row.note}")
    return "\n".join(lines)


def main() -> None:
    """Read the options, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE", help=f"({' '.join(EXERCISES)})")
    parser.add_argument(
        "--cores", type=int, default=len(os.sched_getaffinity(0)), help="mutants side by side"
    )
    options = parser.parse_args()
    print(machine.facts(), flush=True)
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        place, rows = Path(folder), []
        staging.plain_course(place / "plain")
        course.course(place / "course")
        for exercise in options.exercises or EXERCISES:
            rows += [
                ours(place, exercise, options.cores),
                theirs(place, exercise, options.cores),
                floor(place, exercise, options.cores),
            ]
            print(f"{exercise} is done", file=sys.stderr, flush=True)
    print(table(rows))


if __name__ == "__main__":
    main()
