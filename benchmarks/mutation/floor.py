"""The floor: a fork of one warm process for each mutant, which runs the same tests until one fails.

    python floor.py EXERCISE MUTANTS  (with the plain course on the path)

Nothing is around them: no pytest, no wall, no report. Prints one line of JSON: how
many mutants there were, how many of them a test noticed, CPU and wall seconds of each.
"""

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import torch
from grader.loading import load
from grader.running import check, tests

ENDLESS_SECONDS = 10
"""What still runs then never ends; the alarm ends it."""


def passes(folder: Path, exercise: str) -> bool:
    """Whether the program in a folder passes every test; nothing is run after the first that fails."""
    with suppress(Exception):  # whatever a mutant raises, it has been noticed
        functions = load(folder, exercise)
        for test in tests(exercise):
            check(exercise, test, functions)
        return True
    return False


def survives(folder: Path, exercise: str) -> bool:
    """The same in a fork."""
    if (child := os.fork()) == 0:
        signal.alarm(ENDLESS_SECONDS)
        os._exit(0 if passes(folder, exercise) else 1)
    return os.waitpid(child, 0)[1] == 0


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    exercise, folders = sys.argv[1], sorted(Path(sys.argv[2]).iterdir())
    first, *rest = folders
    assert passes(first, exercise), "the reference itself comes first, and warms this process"
    before, began = sum(os.times()[:4]), time.perf_counter()
    caught = sum(not survives(folder, exercise) for folder in rest)
    wall = (time.perf_counter() - began) / len(rest)
    cpu = (sum(os.times()[:4]) - before) / len(rest)
    print(json.dumps({"judged": len(rest), "caught": caught, "cpu": cpu, "wall": wall}))


if __name__ == "__main__":
    main()
