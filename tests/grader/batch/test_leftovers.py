"""Nothing is left on the machine, however `grader grade` and `grader check` end."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from grader.batch.notice import NOTICE
from tests.grader.remaining import Remaining, below, children, command
from tests.grader.sandbox.elsewhere import as_root
from tests.grader.tiny import SOLUTION, make_course

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ORDINARY = [sys.executable, str(HERE.parent / "sandbox" / "ordinary.py")]
SECONDS = 90.0

MISCHIEF = """
import os, signal, time
for place in ("huge", "/tmp/huge", "/dev/shm/huge")[: 3 if os.getpid() == 1 else 1]:
    with open(place, "wb") as file:
        file.write(bytes(4 << 20))
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(100)
        os._exit(0)
"""
SLOW = "time.sleep(60)\n"
PATIENT = "\n[limits]\nimport_seconds = 60.0\nmemory_mb = 512\n"


@pytest.fixture
def remaining():
    with Remaining() as remaining:
        yield remaining


@pytest.fixture
def place(tmp_path_factory):
    """A course and a class whose first two students do their mischief and then take their time."""
    folder = tmp_path_factory.mktemp("leftovers")
    above = Path(tempfile.gettempdir())
    for each in (folder, *folder.parents):
        if each == above or above not in each.parents:  # everybody's
            break
        each.chmod(0o755)  # an ordinary user reads it
    course = make_course(folder / "course")
    exercise = course.root / "exercises/double/exercise.toml"
    exercise.write_text(exercise.read_text().partition("[limits]")[0] + PATIENT)
    for student in ("ada", "bob"):
        own = folder / "class" / student
        own.mkdir(parents=True)
        (own / "double.py").write_text(MISCHIEF + SLOW + SOLUTION)
    (folder / "out").mkdir(mode=0o777)
    (folder / "out").chmod(0o777)
    return folder


class Command:
    """A running `grader`."""

    def __init__(self, remaining, place, *arguments, user="here"):
        launcher = ORDINARY if user == "ordinary" else []
        words = ["-c", "from grader.cli import main; main()", "--course", place / "course", *arguments]
        self._process = subprocess.Popen(
            [*launcher, sys.executable, *map(str, words)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )
        self.pid = self._process.pid
        self._remaining = remaining
        remaining.started.add(self.pid)

    def found(self, word, count=1, inside=0):
        """Our processes whose command line has a word, once there are so many, each above so many others."""
        deadline = time.monotonic() + SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            pids = [pid for pid in sorted(self._remaining.look()) if word in command(pid)]
            guards = [pid for pid in pids if not any(pid in children(other) for other in pids)]
            if len(guards) == count and all(len(below(pid)) >= inside for pid in guards):
                return guards
            time.sleep(0.1)
        pytest.fail(
            f"no {count} {word}: {self._process.stderr.read() if self._process.poll() else 'in time'}"
        )

    def over(self):
        self._remaining.look()
        _, self.said = self._process.communicate(timeout=SECONDS)
        return self._process.returncode


@pytest.fixture
def grader(remaining, place):
    commands = []

    def start(*arguments, **options):
        commands.append(Command(remaining, place, *arguments, **options))
        return commands[-1]

    yield start
    for each in commands:
        if each._process.poll() is None:
            each._process.kill()
        with each._process:
            pass


def grading(grader, place, level="full", jobs=2, **options):
    """`grader grade` in the middle of the mischief."""
    arguments = ("grade", place / "class", "--out", place / "out", "--jobs", jobs, "--isolation", level)
    one = grader(*arguments, **options)
    one.guards = one.found("worker.zygote", jobs, inside=22)
    one.slots = one.found("batch.serving", jobs)
    return one


@pytest.mark.parametrize(
    ("numbers", "level", "jobs", "user", "code"),
    [
        ([signal.SIGINT], "full", 2, "here", 130),
        ([signal.SIGINT, signal.SIGINT], "process", 1, "here", 130),
        ([signal.SIGTERM], "full", 1, "here", 130),
        ([signal.SIGKILL], "process", 2, "here", -signal.SIGKILL),
        pytest.param([signal.SIGKILL], "full", 1, "ordinary", -signal.SIGKILL, marks=as_root),
    ],
)
def test_when_grading_is_stopped_in_the_middle(grader, remaining, place, numbers, level, jobs, user, code):
    one = grading(grader, place, level, jobs, user=user)
    for number in numbers:
        os.kill(one.pid, number)
        time.sleep(0.2)
    assert one.over() == code
    remaining.nothing()
    # Who is killed can't tidy up: the journal stays, and holds what is graded, and so does the notice.
    left = {path.name for path in (place / "out").iterdir()} - ({NOTICE} if code < 0 else set())
    assert all(name.startswith("journal.") for name in left) if code < 0 else not left


def test_when_everything_is_killed_at_once_the_next_run_removes_the_rest(grader, remaining, place):
    one = grading(grader, place, jobs=1)
    every = remaining.look()
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in sorted(every & remaining.processes()):
            with suppress(ProcessLookupError):  # it went with one that was killed before it
                os.kill(pid, number)
    one.over()
    deadline = time.monotonic() + 10
    while remaining.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert all(phrase.startswith("group ") for phrase in remaining.left())
    for student in ("ada", "bob"):
        (place / "class" / student / "double.py").write_text(SOLUTION)
    two = grader("grade", place / "class", "--out", place / "out", "--jobs", 1)
    assert two.over() == 0, two.said
    remaining.nothing()


@pytest.mark.parametrize("level", ["full", "process"])
def test_when_a_judge_is_killed_and_the_class_goes_on(grader, remaining, place, level):
    one = grading(grader, place, level, jobs=1)
    old = {*one.slots, *one.guards, *below(one.guards[0])}
    os.kill(one.slots[0], signal.SIGKILL)
    deadline = time.monotonic() + 10
    while left := old & remaining.look():
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    os.kill(one.pid, signal.SIGINT)
    assert one.over() == 130
    remaining.nothing()


def test_when_grading_is_refused(grader, remaining, place):
    (place / "course" / "tests/hidden/test_double.py").write_text("def test(:\n")
    one = grader("grade", place / "class", "--out", place / "out", "--jobs", 2)
    assert one.over() == 2
    assert "cannot be collected" in one.said
    remaining.nothing()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_when_a_check_is_stopped_in_the_middle(grader, remaining, place, number):
    one = grader("check", place / "class" / "ada" / "double.py")
    one.found("worker.zygote", inside=22)
    os.kill(one.pid, number)
    assert one.over() == (130 if number == signal.SIGINT else -number)
    remaining.nothing()
