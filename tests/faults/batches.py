"""A batch that is graded while somebody pulls out its plugs.

`Batch` runs `grader grade` over a class, knows the processes of it by what they
do, and kills the one that it is told to: through a descriptor, so that it is
never another process that has got the same number. `seen` reads what a run has
written, times aside.
"""

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.grader.remaining import Remaining, below, children, command

ROOT = Path(__file__).parents[2]
SECONDS = 240.0
"""For one wait: a batch on a machine that has ten times as much to do."""

TIMES = {"seconds", "started"}
"""What differs from run to run in a report."""

BELOW = {
    "driver": [],
    "slot": ["batch.serving"],
    "zygote": ["batch.serving", "worker.zygote", ""],  # between a slot and its zygote stands the guard
    "worker": ["batch.serving", "worker.zygote", "", ""],
}
"""What the command lines have of a process and those above it, the driver's aside."""

GIVEN_UP = ("does not work", "ended before its first job", "no student code was run")
"""What is said where what was started dies and dies again, or a self-test's worker does; nothing is lost."""

APART = 4.0
"""Seconds between two workers of one zygote: what hangs takes two runs of a second each."""


class Batch:
    """One class that is graded into one folder, by one command typed as often as it takes.

    Attributes:
        out: The folder of the reports.
        starts: How often the command was typed.
    """

    def __init__(self, place: Path, out: Path, remaining: Remaining, jobs: int = 2) -> None:
        self.out = out
        self.starts = 0
        self._remaining = remaining
        words = ["-c", "from grader.cli import main; main()", "--course", place / "course"]
        words += ["grade", place / "class", "--out", out, "--jobs", jobs]
        self._command = [sys.executable, *map(str, words)]
        self._log = place / f"{out.name}.log"
        self._driver: subprocess.Popen[bytes] | None = None
        self._struck: dict[int, float] = {}

    # --- the driver -----------------------------------------------------------

    def start(self) -> None:
        """Type the command."""
        with open(self._log, "wb") as log:
            self._driver = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.starts += 1
        self._remaining.started.add(self._driver.pid)

    def over(self, seconds: float = SECONDS) -> int:
        """Wait until it has ended; its exit status."""
        assert self._driver is not None, "it was started"
        deadline = time.monotonic() + seconds
        while self._driver.poll() is None:
            self._remaining.look()
            if time.monotonic() > deadline:
                self._driver.kill()
                self._driver.wait()
                pytest.fail(f"not done in {seconds:g} s: {self.said[-2000:]}")
            time.sleep(0.1)
        return self._driver.returncode

    @property
    def has_ended(self) -> bool:
        """Whether it has ended."""
        return self._driver is None or self._driver.poll() is not None

    @property
    def said(self) -> str:
        """What the last one printed."""
        return self._log.read_text(errors="replace")

    @property
    def results(self) -> int:
        """How many results are in the journal."""
        with suppress(sqlite3.Error):
            return int(self._asked("SELECT count(*) FROM results")[0][0])
        return 0

    @property
    def judged_twice(self) -> list[str]:
        """Results that were there already, and were judged again all the same."""
        query = "SELECT student, exercise FROM results WHERE holds GROUP BY key HAVING count(*) > 1"
        return [f"{student}, {exercise}" for student, exercise in self._asked(query)]

    def _asked(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self.out}/journal.sqlite?mode=ro", uri=True)) as journal:
            return journal.execute(query).fetchall()

    # --- its processes --------------------------------------------------------

    def processes(self, kind: str) -> list[int]:
        """Those that are there now, of one kind."""
        assert self._driver is not None, "it was started"
        generation = [self._driver.pid] if self._driver.poll() is None else []
        for word in BELOW[kind]:
            generation = [child for each in generation for child in children(each) if word in command(child)]
        return generation

    def strike(self, kind: str, draw: random.Random, seconds: float = SECONDS / 2) -> bool:
        """Kill one of a kind as soon as there is one that may die; whether there was."""
        deadline = time.monotonic() + seconds
        while not self.has_ended and time.monotonic() < deadline:
            self._remaining.look()
            if found := self._may_die(kind):
                victim = draw.choice(found)
                with suppress(OSError), _held(victim) as process:
                    if victim in self.processes(kind):  # it is the one that the descriptor stands for
                        self._struck[_parent(victim)] = time.monotonic()
                        signal.pidfd_send_signal(process, signal.SIGKILL)
                        return True
            time.sleep(0.005)
        return False

    def _may_die(self, kind: str) -> list[int]:
        """Those of a kind, less workers whose zygote has lost one only now.

        Who loses the workers of both runs of a test has crashed, as far as anybody can know.
        """
        found, now = self.processes(kind), time.monotonic()
        if kind == "worker":
            found = [pid for pid in found if now > self._struck.get(_parent(pid), -APART) + APART]
        return found

    def end(self) -> None:
        """Whatever happened: nothing goes on."""
        if self._driver is not None and self._driver.poll() is None:
            self._driver.kill()
            self._driver.wait()


def _parent(pid: int) -> int:
    return below(os.getpid()).get(pid, (0, ""))[0]


@contextmanager
def _held(pid: int) -> Iterator[int]:
    descriptor = os.pidfd_open(pid)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def disturb(batch: Batch, kills: Sequence[str], results: int, draw: random.Random) -> list[str]:
    """Grade a class, and kill something of it at random moments; resume whenever the driver was it.

    Args:
        batch: The batch.
        kills: What to kill, in order.
        results: How many results there will be: moments are spread over them.
        draw: Where moments and victims come from.

    Returns:
        What was killed.
    """
    struck: list[str] = []
    batch.start()
    for kind, moment in zip(kills, sorted(draw.randrange(results * 9 // 10) for _ in kills), strict=True):
        deadline = time.monotonic() + SECONDS
        while batch.results < moment and not batch.has_ended:
            assert time.monotonic() < deadline, batch.said
            time.sleep(0.02)
        time.sleep(draw.uniform(0, 0.1))
        while not batch.strike(kind, draw):
            if batch.over() == 0:
                return struck  # it was faster than we were
            assert given_up(batch), batch.said
            batch.start()
            assert time.monotonic() < deadline, batch.said
        struck.append(kind)
        if kind == "driver":
            assert batch.over() == -signal.SIGKILL
            whole(batch.out)
            batch.start()
    while given_up(batch):
        batch.start()
    assert batch.over() == 0, batch.said
    return struck


def given_up(batch: Batch) -> bool:
    """Whether it ended because judges or zygotes were killed before they were ready."""
    return batch.over() == 2 and any(words in batch.said for words in GIVEN_UP)


def whole(out: Path) -> None:
    """Fail if a report is half written."""
    for path in out.rglob("*.json"):
        json.loads(path.read_bytes())
    for path in out.rglob("report.txt"):
        assert path.read_bytes().endswith(b"\n"), path


CLASS_TIMES = re.compile(
    r"Graded [\d-]+ [\d:]+ UTC|[\d.,]+</td><td class=\"files\">|<h2 id=\"time\".*?</ol>", re.DOTALL
)
"""What the page about the class says about time: when it was made, and how long everything took."""


TEST_TIMES = re.compile(r"<td class=\"number\">\d+\.\d\d</td>")
"""What a page for staff says about the time of each test."""


def seen(out: Path) -> dict[str, object]:
    """Everything that a run has written about its students, times aside.

    What changed since an earlier run is not among it, nor is the journal.
    """
    found: dict[str, object] = {}
    for path in sorted(out.rglob("*")):
        place = str(path.relative_to(out))
        if path.is_file() and not re.match(r"journal|changes", place):
            text = path.read_text()
            if path.name == "class.html":
                text = CLASS_TIMES.sub("", text)
            if place.startswith("staff/"):
                text = TEST_TIMES.sub("", text)
            found[place] = _without_times(json.loads(text)) if path.suffix == ".json" else text
    return found


def _without_times(data: object) -> object:
    if isinstance(data, dict):
        return {key: _without_times(value) for key, value in data.items() if key not in TIMES}
    if isinstance(data, list):
        return [_without_times(value) for value in data]
    return data
