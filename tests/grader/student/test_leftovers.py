"""Nothing is left on the machine, however a zygote and its judge end.

Each judge has one worker, which has left 200 processes that are deaf to
signals and in sessions of their own, and large files wherever it may write.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.sandbox import remains
from grader.sandbox.policy import Confinement
from grader.student.launch import Zygote
from grader.verdicts import Isolation
from tests.grader.remaining import Remaining, below, children, command, folders, forsaken, groups
from tests.grader.sandbox.elsewhere import as_root
from tests.grader.student.lone_judge import CHILDREN

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ORDINARY = [sys.executable, str(HERE.parent / "sandbox" / "ordinary.py")]
SECONDS = 40.0

LEVELS = ["full", "process"]
PROCESS_ORDINARY = pytest.param("process", "ordinary", marks=as_root)  # whose folder root does not touch
SETTINGS = [("full", "here"), ("process", "here"), pytest.param("full", "ordinary", marks=as_root)]


@pytest.fixture
def remaining():
    with Remaining() as remaining:
        yield remaining


class Judge:
    """A lone judge, and the numbers of the processes below it."""

    def __init__(self, remaining, level, do="wait", user="here", environment=()):
        launcher = ORDINARY if user == "ordinary" else []
        self._process = subprocess.Popen(
            [*launcher, sys.executable, str(HERE / "lone_judge.py"), level, do],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment),
            cwd=ROOT,
        )
        self.pid = self._process.pid
        remaining.started.add(self.pid)
        self.guard = self.says()["zygote"]
        self._remaining = remaining

    def says(self):
        return json.loads(self._process.stdout.readline())

    def ready(self):
        """Wait for the mischief to be done."""
        self.found = self.says()
        assert "error" not in self.found, self.found
        self._remaining.look()
        (self.zygote,) = children(self.guard)
        # Where every worker has a namespace, orphans are in it; else they are the zygote's.
        assert len(below(self.zygote)) >= CHILDREN
        return self

    def kill(self, number, *pids):
        for pid in pids:
            os.kill(pid, number)

    def dispose(self):
        """After a test that failed."""
        if self._process.poll() is None:
            self._process.kill()
        with self._process:
            pass

    def over(self):
        """Wait for its end; its exit status."""
        self._remaining.look()
        self._process.stdin.close()
        code = self._process.wait(SECONDS)
        self._process.stdout.close()
        return code


@pytest.fixture
def judge(remaining):
    """Starts judges."""

    judges = []

    def start(*args, **options):
        judges.append(Judge(remaining, *args, **options))
        return judges[-1]

    yield start
    for one in judges:
        one.dispose()


@pytest.mark.parametrize(("level", "user"), SETTINGS)
def test_after_a_normal_end(judge, remaining, level, user):
    one = judge(level, user=user).ready()
    assert level == "process" or {"pid", "private root", "network"} < set(one.found["layers"])
    assert bool(one.found["folder"]) == (level == "process")
    assert one.over() == 0
    remaining.nothing()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize(("level", "user"), SETTINGS)
def test_when_the_judge_is_stopped(judge, remaining, level, number, user):
    one = judge(level, user=user).ready()
    one.kill(number, one.pid)
    assert one.over() == -number
    remaining.nothing()


def test_a_judge_that_is_killed_leaves_nothing_in_a_temporary_folder_of_its_own(judge, tmp_path):
    one = judge("process", environment={"TMPDIR": str(tmp_path)}).ready()
    assert len(list(tmp_path.iterdir())) == 1
    one.kill(signal.SIGKILL, one.pid)
    one.over()
    deadline = time.monotonic() + SECONDS
    while left := list(tmp_path.iterdir()):  # where no other grader looks
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


@pytest.mark.parametrize("level", LEVELS)
def test_when_the_judge_is_interrupted_again_while_it_ends(judge, remaining, level):
    one = judge(level).ready()
    one.kill(signal.SIGINT, one.pid)
    time.sleep(0.05)
    one.kill(signal.SIGINT, one.pid)
    assert one.over() == -signal.SIGINT
    remaining.nothing()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("which", ["guard", "zygote"])
@pytest.mark.parametrize(("level", "user"), SETTINGS)
def test_when_a_zygote_is_stopped_and_its_judge_goes_on(judge, remaining, level, which, number, user):
    one = judge(level, user=user).ready()
    one.kill(number, getattr(one, which))
    if (level, which, number) != ("full", "zygote", signal.SIGTERM):  # process 1 is deaf to that one
        guarded = (which, number) != ("guard", signal.SIGKILL)  # else it is up to the judge
        deadline = time.monotonic() + SECONDS
        while left := [*remaining.look() - {one.pid}, *(groups({one.guard}) if guarded else [])]:
            assert time.monotonic() < deadline, left
            time.sleep(0.05)
    assert one.over() == 0
    remaining.nothing()


@pytest.mark.slow
@pytest.mark.parametrize(("level", "user"), [("full", "here"), PROCESS_ORDINARY])
def test_when_a_zygote_does_not_react_any_more(judge, remaining, level, user):
    one = judge(level, user=user).ready()
    one.kill(signal.SIGSTOP, one.zygote)
    one.kill(signal.SIGKILL, one.pid)
    one.over()
    remaining.nothing()


def test_when_a_zygote_is_killed_together_with_its_guard(judge, remaining):
    one = judge("full").ready()
    one.kill(signal.SIGKILL, one.guard, one.zygote)
    assert one.over() == 0
    remaining.nothing()


@pytest.mark.parametrize(
    ("victim", "moment"),
    [
        ("judge", "as it starts"),
        ("guard", "as it starts"),
        ("judge", "before torch"),
        ("zygote", "before torch"),
        ("guard", "after torch"),
    ],
)
def test_when_it_is_killed_as_it_starts(judge, remaining, moment, victim):
    one = judge("full", environment={"CUDA_HOME": "0.4"})
    time.sleep({"as it starts": 0.02, "before torch": 0.3, "after torch": 0.6}[moment])
    remaining.look()
    inside = children(one.guard)
    if victim == "zygote" and not inside:
        victim = "guard"  # they are still one
    one.kill(signal.SIGKILL, {"judge": one.pid, "guard": one.guard, "zygote": (inside or [0])[0]}[victim])
    one.over()
    remaining.nothing()


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["judge", "guard", "zygote"])
@pytest.mark.parametrize("level", LEVELS)
def test_when_it_is_killed_while_it_forks(judge, remaining, level, victim):
    one = judge(level, "fork").ready()
    time.sleep(random.uniform(0.1, 0.3))
    one.kill(signal.SIGKILL, {"judge": one.pid, "guard": one.guard, "zygote": one.zygote}[victim])
    if victim != "judge":
        time.sleep(0.5)
        remaining.look()
        one.kill(signal.SIGTERM, one.pid)  # it goes on forking with another zygote
    one.over()
    remaining.nothing()


@as_root
def test_the_next_run_removes_what_is_left_when_everything_is_killed_at_once(judge, remaining, quickly):
    one = judge("full").ready()
    one.kill(signal.SIGSTOP, one.pid, one.guard)  # so that none of them can do anything about it
    one.kill(signal.SIGKILL, one.zygote, one.guard, one.pid)
    one.over()
    deadline = time.monotonic() + SECONDS
    while remaining.processes():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    left = remaining.left()
    assert left
    assert all(phrase.startswith("group ") for phrase in left)  # empty ones, and nothing else
    with Zygote() as zygote:
        assert zygote.posture.on
        assert not set(groups({one.guard}))
    remaining.nothing()


def test_the_next_run_removes_folders_that_are_left_when_everything_is_killed_at_once(
    judge, remaining, quickly
):
    one = judge("process").ready()
    one.kill(signal.SIGSTOP, one.pid, one.guard, one.zygote)
    one.kill(signal.SIGKILL, one.zygote, one.guard, one.pid)
    one.over()
    folder = Path(one.found["folder"]).parent
    assert forsaken(folder)
    held = remains.Folder()
    with Zygote(confinement=Confinement.demanded(Isolation.PROCESS)):
        assert not folder.exists()
    assert held.path in folders()  # that of somebody who lives
    held.remove()
    assert not held.path.exists()
    # What a worker has started where process ids are shared is lost sight of if everybody is killed.
    assert all("lone_judge" not in command(pid) for pid in remaining.processes())
