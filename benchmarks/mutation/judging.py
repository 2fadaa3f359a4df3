"""Ours: the bench of `grader verify` judges the mutants of a reference, behind every wall.

    python -m benchmarks.mutation.judging COURSE EXERCISE CORES

Prints a line for each: how many are judged, and how many of them a test noticed.
"""

import sys
from pathlib import Path

from grader.course import read_course
from grader.verify.effort import FULL
from grader.verify.judging import Bench
from grader.verify.mutants import caught_by
from grader.verify.mutation import Mutation


def main() -> None:
    """Judge and print."""
    place, name, cores = sys.argv[1:]
    course = read_course(Path(place), staff=True)
    mutation = Mutation(course, course.exercise(name), FULL)
    trials = [trial for trial in mutation.trials() if trial.is_usual]  # the others have one device only
    caught = 0
    with Bench(course, [name], "cpu", int(cores), lambda what, done, total: None) as bench:
        for done, (_, report) in enumerate(bench.judged(trials), start=1):
            caught += caught_by(report) is not None
            print(f"{done}/{len(trials)}  caught {caught}", flush=True)


if __name__ == "__main__":
    main()
