"""The zygote: started clean, replaced when it dies, and gone with everything it made."""

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.course.manifest import Limits
from grader.errors import IsolationError
from grader.sandbox.policy import Confinement
from grader.student import launch, orders
from grader.student.launch import Zygote
from grader.student.line import Closed
from grader.verdicts import Isolation
from grader.wire.messages import Load, NoneNode, Packed, SourceFile

PROCESS = Confinement.demanded(Isolation.PROCESS)
NOTHING = Packed((NoneNode(),))


def start(monkeypatch, script):
    """A zygote whose program is this one."""
    real = subprocess.Popen

    def popen(command, **options):
        return real([sys.executable, "-c", script, *command[4:6]], **options)

    monkeypatch.setattr(launch.subprocess, "Popen", popen)
    return Zygote()


PLAY = """
import socket, sys
from grader.wire import frames, messages as m
control = socket.socket(fileno=int(sys.argv[sys.argv.index("--socket") + 1]))
control.recv(1 << 16)
control.sendall(b''.join(frames.frame(m.Surveyed(()))))
data, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 16)
"""
FORKED = "control.sendall(b''.join(frames.frame(m.Forked(1))))\n"
READY = "import os; os.write(descriptors[0], b''.join(frames.frame(m.Ready(()))))\n"


def test_a_worker_is_ready_and_gone_with_its_folder(bare_zygote):
    line = bare_zygote.fork(Limits(), "cpu")
    assert line.folder.is_dir()
    os.kill(line.pid, 0)
    ended = bare_zygote.end(line)
    assert (ended.pid, ended.status) == (line.pid, None)
    assert not line.folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(line.pid, 0)


def test_ending_tells_how_a_worker_had_ended_by_itself(bare_zygote):
    line = bare_zygote.fork(Limits(), "cpu")
    os.kill(line.pid, signal.SIGTERM)
    assert line.ended(5)
    ended = bare_zygote.end(line)
    assert os.WTERMSIG(ended.status) == signal.SIGTERM
    assert ended.own_rss_mb < 100  # what torch takes is the zygote's


def test_workers_know_nothing_of_where_they_came_from(make, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_JUDGE", "42")
    student = make(
        """
        import os, sys
        def f():
            highest = max(int(fd) for fd in os.listdir("/proc/self/fd"))
            at_home = os.getcwd() == os.environ["HOME"]
            return sorted(os.environ), at_home, sys.argv, highest, sorted(sys.modules)
        """
    )
    names, at_home, argv, highest, modules = student.f().value
    assert "SECRET_OF_THE_JUDGE" not in names
    assert at_home
    assert not any("grader" in word or "/" in word for word in argv)
    assert highest <= 4  # three streams, the socket, and the folder being listed
    assert not [
        name for name in modules if name.startswith(("pytest", "pydantic", "grader.student", "grader.course"))
    ]


def test_a_zygote_that_dies_is_replaced_when_the_next_worker_is_wanted():
    with Zygote(confinement=PROCESS) as zygote:
        line = zygote.fork(Limits(), "cpu")
        zygote._process.kill()
        zygote._process.wait()
        again = zygote.fork(Limits(), "cpu")
        assert again.generation == line.generation + 1
        assert zygote.end(line) is None
        assert not line.folder.exists()
        assert zygote.end(again) is not None


def test_a_zygote_that_is_found_dead_at_an_end_is_replaced_at_once(monkeypatch):
    script = PLAY + FORKED + READY
    with start(monkeypatch, script) as zygote:
        line = zygote.fork(Limits(), "cpu")
        assert zygote.end(line) is None
        assert zygote._generation == 2


def test_closing_ends_every_worker_and_removes_every_folder():
    with Zygote(confinement=PROCESS) as zygote:
        line = zygote.fork(Limits(), "cpu")
        process = zygote._process
        folder = line.folder.parent
        assert folder.is_dir()
    assert process.returncode is not None
    assert line.ended(5)
    line.ask([(Load(1, (), (SourceFile("a", b""),), ()), ())])
    with pytest.raises(Closed):
        line.answer(time.monotonic() + 5)
    line.close()
    assert not folder.exists()
    zygote.close()


def test_a_zygote_that_is_stuck_is_killed_at_the_end(monkeypatch):
    monkeypatch.setattr(launch, "CLOSE_SECONDS", 0.2)
    zygote = start(monkeypatch, "import time; time.sleep(60)")
    process = zygote._process
    zygote.close()
    assert process.returncode == -signal.SIGKILL


def test_python_that_cannot_be_started_is_an_isolation_error(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(IsolationError, match="Python cannot be started"):
        Zygote()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("raise SystemExit('no torch here')", "does not work. It said: no torch here"),
        ("pass", "does not work.$"),
        (PLAY + "control.sendall(b'garbage')", "does not work"),
        (PLAY + "control.sendall(b''.join(frames.frame(m.Ended(1, None, 0.0, 0.0))))", "does not work"),
    ],
)
def test_a_zygote_that_never_works_is_an_isolation_error_with_its_last_words(monkeypatch, script, sentence):
    with start(monkeypatch, script) as zygote, pytest.raises(IsolationError, match=sentence):
        zygote.fork(Limits(), "cpu")


def test_a_zygote_that_does_not_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(orders, "START_SECONDS", 5.0)  # until it has answered the survey
    monkeypatch.setattr(orders, "FORK_SECONDS", 0.2)
    monkeypatch.setattr(launch, "CLOSE_SECONDS", 0.2)
    with start(monkeypatch, PLAY + "import time; time.sleep(60)") as zygote, pytest.raises(IsolationError):
        zygote.fork(Limits(), "cpu")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            "import os; os.write(descriptors[1], b'one\\nno such limit\\n'); os.close(descriptors[0])",
            "no such limit",
        ),
        (
            "import os; os.write(descriptors[0], b''.join(frames.frame(m.Refused(1, 'bytes', 1))))",
            "else than Ready",
        ),
        ("import os; os.write(descriptors[0], b'garbage')", "does not hold a frame"),
    ],
)
def test_a_worker_that_does_not_get_ready_is_an_isolation_error(monkeypatch, script, sentence):
    with start(monkeypatch, PLAY + FORKED + script) as zygote, pytest.raises(IsolationError, match=sentence):
        zygote.fork(Limits(), "cpu")


def test_a_worker_that_is_killed_while_it_is_confined_is_replaced_with_its_zygote(monkeypatch, tmp_path):
    once = f"import os, pathlib; mark = pathlib.Path({str(tmp_path / 'mark')!r}); first = not mark.exists()\n"
    script = PLAY + FORKED + once + "mark.touch()\nif first: os.close(descriptors[0]); sys.exit(1)\n" + READY
    with start(monkeypatch, script) as zygote:
        line = zygote.fork(Limits(), "cpu")
        assert line.generation > 1
        zygote.end(line)


def test_workers_that_are_always_killed_while_they_are_confined_are_an_isolation_error(monkeypatch):
    script = PLAY + FORKED + "import os; os.close(descriptors[0])"
    with start(monkeypatch, script) as zygote, pytest.raises(IsolationError, match="does not work"):
        zygote.fork(Limits(), "cpu")


def test_a_zygote_that_lies_about_an_end_is_replaced(monkeypatch):
    lie = "control.recv(1 << 16); control.sendall(b''.join(frames.frame(m.Ended(2, None, 0.0, 0.0))))"
    with start(monkeypatch, PLAY + FORKED + READY + lie) as zygote:
        line = zygote.fork(Limits(), "cpu")
        assert zygote.end(line) is None
        assert zygote._generation == 2


def test_starting_the_far_side_does_not_wait_for_torch():
    """The judge imports torch itself while the zygote does."""
    code = "import sys, grader.student.launch; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_on_this_side_can_run_what_it_reads():
    for path in Path(launch.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Name):
                assert node.id not in {"eval", "exec", "compile", "__import__"}
            if isinstance(node, ast.Import | ast.ImportFrom):
                imported = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                assert not imported & {"pickle", "marshal", "importlib", "runpy", "shelve"}
