"""How long a student waits: `grader check softmax` beyond a bare `import torch`, and `grader --help`.

    python -m benchmarks.startup [--runs 9]

The commands take turns, so that whatever else the machine does hits all of
them alike; medians and minima of wall time are printed side by side. The
course is copied to a temporary folder, with a right solution in the stub's place.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
GRADER = Path(sys.executable).with_name("grader")
CHECK_AIM = 1.5  # seconds beyond `import torch`: she runs it forty times an evening
HELP_AIM = 0.4  # seconds: what feels immediate, and far less than importing torch


def student_copy(folder: Path) -> Path:
    """What a student has: exercises, no references, and a right softmax to check."""
    shutil.copytree(ROOT / "exercises", folder / "exercises", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "course.toml", folder)
    shutil.copy(ROOT / "submissions" / "student-01" / "softmax.py", folder / "softmax.py")
    return folder


def seconds(command: Sequence[str | Path], folder: Path) -> float:
    """Wall time of one run of `command` in `folder`; it must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}")
    return elapsed


def measure(runs: int) -> dict[str, list[float]]:
    """Wall times of each command, one round after the other."""
    commands: dict[str, list[str | Path]] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import torch": [sys.executable, "-c", "import torch"],
        "grader --help": [GRADER, "--help"],
        "grader check softmax": [GRADER, "check", "softmax.py"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as scratch:
        folder = student_copy(Path(scratch))
        for turn in range(runs + 1):
            for name, command in commands.items():
                took = seconds(command, folder)
                if turn:  # the first round warms the page cache
                    times[name].append(took)
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=9, help="rounds that count (default 9)")
    times = measure(parser.parse_args().runs)
    middle = {name: statistics.median(values) for name, values in times.items()}
    print(f"{'command':<24}{'median s':>10}{'min s':>10}")
    for name, values in times.items():
        print(f"{name:<24}{middle[name]:>10.2f}{min(values):>10.2f}")
    beyond = [c - i for c, i in zip(times["grader check softmax"], times["import torch"], strict=True)]
    print(f"\ncheck beyond import torch: {statistics.median(beyond):.2f} s (aim: at most {CHECK_AIM} s)")
    print(f"grader --help:             {middle['grader --help']:.2f} s (aim: at most {HELP_AIM} s)")


if __name__ == "__main__":
    main()
