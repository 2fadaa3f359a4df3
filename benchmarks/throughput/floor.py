"""The floor: the same tests in one warm process, nothing around them.

    python floor.py COUNT SUBMISSIONS  (with the plain course on the path)

Prints one line of JSON: CPU seconds a submission, of the student's calls alone, of
loading her files, of whole tests with reference and comparison, and of the same in a
fork of this process for each submission.
"""

import json
import os
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import torch
from grader.loading import load
from grader.running import check, tests

from grader.student import proxy

EXERCISES = ("softmax", "cross_entropy", "linear_backward", "conv2d", "training_loop", "mlp")


class Floor:
    """Takes CPU times while it runs submissions."""

    def __init__(self) -> None:
        self.calls = self.loading = 0.0
        self.passed = self.failed = 0
        proxy.ask = self._ask

    def _ask(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        began = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            self.calls += time.process_time() - began

    def submission(self, folder: Path) -> None:
        """All tests of one."""
        for exercise in EXERCISES:
            began = time.process_time()
            functions = load(folder, exercise)
            self.loading += time.process_time() - began
            for test in tests(exercise):
                try:
                    check(exercise, test, functions, folder.name)
                except AssertionError:
                    self.failed += 1
                else:
                    self.passed += 1


def measure(folders: list[Path]) -> dict[str, float]:
    """CPU seconds a submission."""
    count = len(folders)
    Floor().submission(folders[0])  # whatever torch imports late
    warm = Floor()
    began = time.process_time()
    for folder in folders:
        warm.submission(folder)
    took = time.process_time() - began
    wall, before = time.perf_counter(), os.times()
    for folder in folders:
        if (child := os.fork()) == 0:
            Floor().submission(folder)
            os._exit(0)
        os.waitpid(child, 0)
    after = os.times()
    return {
        "calls": warm.calls / count,
        "loading": warm.loading / count,
        "tests": took / count,
        "fork": (sum(after[:4]) - sum(before[:4])) / count,
        "fork_wall": (time.perf_counter() - wall) / count,
        "passed": warm.passed / count,
        "failed": warm.failed / count,
    }


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    folders = sorted(Path(sys.argv[1]).iterdir())
    with redirect_stdout(sys.stderr):
        found = measure(folders)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
