"""From save to result: what a student waits for under `grader check --watch`, and what else she could do.

    python -m benchmarks.watching [--saves 15] [EXERCISE ...]

The loop of `--watch` runs as it does for a student, with its checker, watchfiles and a
screen of 80 columns that goes nowhere. Each save is written beside and renamed, every
second one is wrong. Times count from the rename: until the save is picked up (told, read
and sent to be judged), until the result stands on the screen; between the two it is
judged. In the same run: the bare calls of the visible tests in a process that has torch
(the floor), a cold `grader check`, and a cold pytest over six plain tests.
"""

import argparse
import importlib.util
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from grader.course import read_course
from grader.desk.checker import Checker
from grader.desk.progress import Progress
from grader.desk.saves import Saves
from grader.desk.screen import Frame, Screen
from grader.desk.surroundings import Surroundings
from grader.desk.watching import Desk, Watching

ROOT = Path(__file__).parents[1]
GRADER = Path(sys.executable).with_name("grader")
EXERCISES = ("softmax", "linear_backward", "conv2d")
PICKED_UP_AIM, RESULT_AIM = 200.0, 1000.0  # ms: what feels immediate, and does not break a thought
PATIENCE = 120.0  # seconds: the first answer waits for torch

PLAIN = """
import torch
from NAME import NAME

def check(i):
    x = torch.randn(4, 6)
    assert NAME is not None and torch.allclose(x, x)

""" + "\n".join(f"def test_{i}():\n    check({i})\n" for i in range(6))


@dataclass(frozen=True)
class Wait:
    """Milliseconds after one save."""

    picked_up: float
    result: float


class NotingChecker(Checker):
    """Notes when it was asked."""

    asked = 0.0

    def ask(self, *arguments: Any, **named: Any) -> None:
        """As a checker does."""
        super().ask(*arguments, **named)
        self.asked = time.perf_counter()


class NotingScreen(Screen):
    """Notes when a new result was drawn."""

    def __init__(self) -> None:
        super().__init__(Console(file=io.StringIO(), force_terminal=True, width=80, height=24))
        self.drawn = threading.Event()
        self.at = 0.0
        self.news: object = None

    def show(self, frame: Frame) -> None:
        """As a screen does."""
        super().show(frame)
        if frame.news not in (None, self.news):
            self.news, self.at = frame.news, time.perf_counter()
            self.drawn.set()


def save(path: Path, text: str) -> float:
    """Write beside and rename; when that was."""
    beside = path.with_name(".beside")
    beside.write_text(text)
    beside.replace(path)
    return time.perf_counter()


def watched(name: str, saves: int) -> list[Wait]:
    """What a student waits for after each of so many saves."""
    course = read_course(ROOT, staff=False)
    right = (ROOT / "reference" / name / "solution.py").read_text()
    wrong = course.exercise(name).stub.read_text().replace("raise NotImplementedError", "return None")
    waits: list[Wait] = []
    with tempfile.TemporaryDirectory() as scratch, NotingChecker(course) as checker, Saves() as told:
        folder, screen = Path(scratch), NotingScreen()
        mine = folder / f"{name}.py"
        save(mine, right)
        desk = Desk(Surroundings(course, folder), checker, told, screen, Progress(folder))
        watching = Watching(desk, course, name)
        loop = threading.Thread(target=watching.run, daemon=True)
        loop.start()
        if not screen.drawn.wait(PATIENCE):
            raise SystemExit("There was no first result.")
        for number in range(saves + 4):
            time.sleep(0.2)
            screen.drawn.clear()
            # A comment makes each save another one.
            saved = save(mine, f"{wrong if number % 2 else right}\n# {number}\n")
            if not screen.drawn.wait(PATIENCE):
                raise SystemExit(f"Save {number} of {name} had no result.")
            if number >= 4:  # what is imported late was imported by then
                waits.append(Wait(1e3 * (checker.asked - saved), 1e3 * (screen.at - saved)))
        watching.end()
        loop.join(PATIENCE)
    return waits


# --- beside it --------------------------------------------------------------------


class Enough(Exception):
    """The call was made; what the test does with its answer is not the student's time."""


class Bare:
    """In the place of `student`: calls the functions themselves, and adds up what that takes."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            getattr(self._module, name)(*arguments, **named)
            self.seconds += time.perf_counter() - begun
            raise Enough

        return call


def bare(name: str, rounds: int) -> float:
    """Milliseconds of the first call of each visible test, without anything around it."""
    from grader.checks.draw import Draw, seed_for

    module = loaded(ROOT / "reference" / name / "solution.py")
    tests = loaded(ROOT / "exercises" / name / f"test_{name}.py")
    functions = [each for key, each in vars(tests).items() if key.startswith("test_")]
    took = []
    for _ in range(rounds):
        student = Bare(module)
        for function in functions:
            names = function.__code__.co_varnames[: function.__code__.co_argcount]
            given = {"student": student, "rng": Draw(seed_for("bench", function.__name__)), "device": "cpu"}
            try:
                function(**{key: given[key] for key in names})
            except (Enough, KeyError, AttributeError, TypeError):
                continue  # one that does more than call is left out, which makes the floor lower
        took.append(1e3 * student.seconds)
    return statistics.median(took)


def loaded(path: Path) -> Any:
    """A module from a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cold(command: Sequence[str | Path], folder: Path, runs: int) -> float:
    """Milliseconds of a command, from nothing."""
    environment = {**os.environ, "GRADER_COURSE": str(ROOT)}
    took = []
    for _ in range(runs):
        begun = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
        took.append(1e3 * (time.perf_counter() - begun))
    return statistics.median(took)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", default=EXERCISES)
    parser.add_argument("--saves", type=int, default=15)
    parser.add_argument("--runs", type=int, default=3, help="of the cold commands")
    chosen = parser.parse_args()
    print(
        f"{'ms':<17}{'picked up':>22}{'judged':>22}{'on the screen':>22}{'floor':>8}{'check':>8}{'pytest':>8}"
    )
    print(f"{'':<17}" + f"{'median    p90    max':>22}" * 3)
    for name in chosen.exercises:
        waits = watched(name, chosen.saves)
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            shutil.copy(ROOT / "reference" / name / "solution.py", folder / f"{name}.py")
            (folder / "test_plain.py").write_text(PLAIN.replace("NAME", name))
            check = cold([GRADER, "check", name], folder, chosen.runs)
            pytest = cold([sys.executable, "-m", "pytest", "-q", "test_plain.py"], folder, chosen.runs)
        floor = bare(name, 5)
        columns = [
            [each.picked_up for each in waits],
            [each.result - each.picked_up for each in waits],
            [each.result for each in waits],
        ]
        print(
            f"{name:<17}{''.join(map(spread, columns))}{floor:>8.1f}{check:>8.0f}{pytest:>8.0f}", flush=True
        )
        result = statistics.median(columns[2])
        print(f"{'':<17}{check / result:.0f} times as quick as a cold check, {pytest / result:.0f} as pytest")
    print(f"Aims: picked up within {PICKED_UP_AIM:.0f} ms, on the screen well under {RESULT_AIM:.0f} ms.")


def spread(times: Sequence[float]) -> str:
    """Median, the ninetieth of a hundred, and the longest."""
    ninety = sorted(times)[int(0.9 * (len(times) - 1))]
    return f"{statistics.median(times):>8.0f}{ninety:>7.0f}{max(times):>7.0f}"


if __name__ == "__main__":
    main()
