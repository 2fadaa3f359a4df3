"""`grader check --watch` in a real terminal: pexpect types and saves, pyte says what stands on the screen."""

from __future__ import annotations

import os
import select
import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.grader.desk.a_terminal import GRADER, PATIENCE, ATerminal, hear_interrupts
from tests.grader.tiny import COURSE, EXERCISE, HANDOUT, SOLUTION, STUB, VISIBLE, make_course

HINTS = """
# Hints for double

## What twice means

Add it to itself.

## Nearly there

One product is enough.
"""

WRONG = "def double(x, times=2):\n    return x\n"
ENDLESS = "def double(x, times=2):\n    while True:\n        pass\n"


def halved(text):
    return text.replace("double", "halve").replace("Double", "Halve")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Two exercises: `double` with two hints, and `halve` with none."""
    manifest = EXERCISE.replace("call_seconds = 1.0", "call_seconds = 20.0").replace(
        "test_seconds = 3.0", "test_seconds = 30.0"
    )
    return make_course(
        tmp_path_factory.mktemp("course"),
        **{
            "course.toml": COURSE.replace('["double"]', '["double", "halve"]'),
            "exercises/double/exercise.toml": manifest,
            "exercises/double/hints.md": HINTS,
            "exercises/halve/exercise.toml": halved(EXERCISE),
            "exercises/halve/README.md": halved(HANDOUT),
            "exercises/halve/halve.py": halved(STUB),
            "exercises/halve/test_halve.py": halved(VISIBLE),
        },
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "double.py").write_text(STUB)
    return tmp_path


def watched(course, folder, *arguments, **other):
    return ATerminal("check", *arguments, "--watch", folder=folder, course=course.root, **other)


def test_an_evening(course, folder):
    """Save, read, hint, list, rerun, next exercise, quit."""
    mine = folder / "double.py"
    with watched(course, folder) as terminal:
        terminal.until("double: exercise 1 of 2, 0 finished", "q quit")
        terminal.until("double is not written yet", "Next: change double.py and save it", "checked at")
        mine.write_text(WRONG)
        text = terminal.until("wrong answer", "0 of 2 tests passed")
        assert "not written yet" not in text
        assert text.rstrip().endswith("q quit")
        terminal.press("h")
        terminal.until("double, hint 1 of 2: What twice means", "Add it to itself")
        terminal.press("h")
        terminal.until("double, hint 2 of 2: Nearly there", without="What twice means")
        mine.write_text("def double(x, times=2):\n    return (x\n")
        terminal.until("double.py", "was never closed", without="hint 2 of 2")
        mine.write_text(SOLUTION)
        terminal.until("all 2 tests passed", "double is finished, 1 of 2 now. Well done! n goes on.")
        terminal.press("l")
        terminal.until("> double  finished", "  halve   not started")
        terminal.press("?")
        terminal.until("space  what did not fit")
        terminal.press("n")
        terminal.until("halve: exercise 2 of 2, 1 finished", "There is no halve.py here yet")
        terminal.press("h")
        terminal.until("There are no hints")
        (folder / "halve.py").write_text(halved(SOLUTION))  # a file that appears later
        terminal.until("all 2 tests passed", "halve is finished, and with it the whole course")
        terminal.press("n")
        terminal.until("This is the last exercise.")
        terminal.press("p")
        terminal.until("double: exercise 1 of 2, 2 finished", "all 2 tests passed")
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.is_put_back
        assert "all 2 tests passed" in terminal.text
        assert "q quit" not in terminal.text


def saved_as_vim_does(path, text):
    """vim tries whether it may write with a file 4913, moves the old one aside, and writes a new one."""
    probe, backup = path.with_name("4913"), path.with_name(path.name + "~")
    probe.write_text("")
    probe.unlink()
    path.rename(backup)
    path.write_text(text)
    backup.unlink()


def saved_beside(path, text):
    """As VS Code and PyCharm may: written beside, and renamed onto it."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text)
    beside.replace(path)


def saved_in_halves(path, text):
    with path.open("w") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        time.sleep(0.1)
        file.write(text[len(text) // 2 :])


def deleted_and_written(path, text):
    path.unlink()
    time.sleep(0.05)
    path.write_text(text)


@pytest.mark.slow
def test_every_way_of_saving_is_seen(course, folder):
    mine = folder / "double.py"
    with watched(course, folder) as terminal:
        terminal.until("not written yet", "checked at")
        for save in (saved_as_vim_does, saved_beside, saved_in_halves, deleted_and_written):
            save(mine, WRONG)
            terminal.until("wrong answer", seconds=10)
            save(mine, SOLUTION)
            terminal.until("all 2 tests passed", seconds=10)
        # What was only away for a moment was never said to be away.
        assert b"There is no double.py" not in terminal.raw
        mine.unlink()
        terminal.until("There is no double.py", seconds=10)
        mine.write_text(WRONG)
        terminal.until("wrong answer", seconds=10)
        # Several files at once: the one that is watched is shown, of the others it is said.
        (folder / "halve.py").write_text(halved(SOLUTION))
        mine.write_text(SOLUTION)
        terminal.until("double: exercise 1", "all 2 tests passed", "halve was saved, too", seconds=10)
        terminal.press("n")
        terminal.until("halve: exercise 2", "all 2 tests passed", without="was saved, too", seconds=10)
        terminal.press("q")
        assert terminal.end() == 0


@pytest.mark.slow
def test_what_is_shown_last_is_the_newest(course, folder):
    """A save while a check goes on, be it one that never ends."""
    mine = folder / "double.py"
    with watched(course, folder) as terminal:
        terminal.until("not written yet", "checked at")
        for source in [WRONG, SOLUTION] * 10:
            mine.write_text(source)
            time.sleep(0.02)
        terminal.until("all 2 tests passed", seconds=10)
        time.sleep(0.5)
        assert "all 2 tests passed" in terminal.until("q quit")
        mine.write_text(ENDLESS)
        terminal.until("checking double ... 1 s", seconds=10)
        mine.write_text(WRONG)
        begun = time.monotonic()
        terminal.until("wrong answer", without="checking double")
        assert time.monotonic() - begun < 15  # two calls of 20 s would have been to wait for
        terminal.press("q")
        assert terminal.end() == 0


def test_ctrl_c_ends_it_with_130_and_a_terminal_as_it_was(course, folder):
    with watched(course, folder) as terminal:
        terminal.until("q quit")
        terminal.press("\x03")
        assert terminal.end() == 130
        assert terminal.is_put_back
        assert "grader: Stopped." in terminal.text


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(course, folder, number):
    with watched(course, folder) as terminal:
        terminal.until("not written yet", "checked at")
        terminal.child.kill(number)
        assert terminal.end() == 128 + number
        assert terminal.is_put_back


@pytest.mark.slow
def test_suspended_and_resumed_it_goes_on(course, folder):
    """Under a shell with job control, as Ctrl-Z needs one."""
    shell = f"set -m; {shlex.join(GRADER)} check --watch; stty -a; read; fg; echo rc $?"
    program = ("/bin/bash", "-c", shell)
    with ATerminal(folder=folder, course=course.root, program=program, rows=50) as terminal:
        terminal.until("not written yet", "checked at")
        terminal.press("\x1a")
        terminal.until(" icanon", " echo ")
        terminal.press("\n")  # not before it was seen: what comes back draws over it
        (folder / "double.py").write_text(SOLUTION)
        terminal.until("all 2 tests passed")
        terminal.press("q")
        terminal.until("rc 0")


@pytest.mark.slow
def test_a_course_that_is_broken_for_a_while(course, folder):
    manifest = course.root / "exercises/double/exercise.toml"
    tests = course.root / "exercises/double/test_double.py"
    whole, collected = manifest.read_text(), tests.read_text()
    (folder / "double.py").write_text(SOLUTION)
    try:
        with watched(course, folder) as terminal:
            terminal.until("all 2 tests passed")
            manifest.write_text("title = ")
            terminal.until("Not checked: exercises/double/exercise.toml")
            manifest.write_text(whole)
            terminal.until("all 2 tests passed", without="Not checked")
            tests.write_text(collected + "\ndef test_half(\n")
            terminal.until("Not checked:", "cannot be collected: SyntaxError")
            tests.write_text(collected + "\ndef test_mine(student):\n    assert student\n")
            terminal.until("all 3 tests passed", without="Not checked")
            terminal.press("q")
            assert terminal.end() == 0
    finally:
        manifest.write_text(whole)
        tests.write_text(collected)


@pytest.mark.slow
def test_a_small_terminal_turns_pages_and_a_resized_one_is_drawn_anew(course, folder):
    (folder / "double.py").write_text(WRONG)
    with watched(course, folder, columns=60, rows=16) as terminal:
        terminal.until("lines 1 to", "space shows the rest")
        terminal.press(" ")
        terminal.until("space shows the rest", without="lines 1 to")
        terminal.press(" ")
        terminal.until("space shows the beginning")
        terminal.resize(100, 60)
        terminal.until("0 of 2 tests passed", "Next: change", without="space shows")
        terminal.press("\x1b[A")  # an arrow means nothing
        terminal.press("q")
        assert terminal.end() == 0


@pytest.mark.slow
def test_without_colour_no_colour_is_sent(course, folder):
    (folder / "double.py").write_text(SOLUTION)
    with watched(course, folder, "double", NO_COLOR="1") as terminal:
        terminal.until("all 2 tests passed")
        terminal.press("q")
        terminal.end()
        assert b"\x1b[32m" not in terminal.raw
    with watched(course, folder, "double") as terminal:
        terminal.until("all 2 tests passed")
        terminal.press("q")
        terminal.end()
        assert b"\x1b[32m" in terminal.raw


@pytest.mark.slow
def test_plain_prints_one_after_the_other_and_has_keys(course, folder):
    with watched(course, folder, "--plain", rows=60) as terminal:
        terminal.until("verdict: not implemented", "n next")
        (folder / "double.py").write_text(SOLUTION)
        terminal.until("all 2 tests passed")
        assert "not written yet" in terminal.text
        terminal.press("h")
        terminal.until("hint 1 of 2")
        terminal.press("q")
        assert terminal.end() == 0
        assert b"\x1b" not in terminal.raw


def test_in_a_pipe_results_come_one_after_the_other(course, folder):
    environment = {**os.environ, "GRADER_COURSE": str(course.root)}
    command = [*GRADER, "check", "--watch"]
    with (
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            preexec_fn=hear_interrupts,
        ) as process,
        killed_at_the_end(process),
    ):
        assert process.stdout is not None
        said = read_until(process, "Next: change double.py")
        assert "not written yet" in said
        (folder / "halve.py").write_text(halved(SOLUTION))
        said = read_until(process, "halve is finished, 1 of 2 now")
        (folder / "double.py").write_text(SOLUTION)
        said += read_until(process, "the whole course")
        assert "\x1b" not in said
        assert "q quit" not in said
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


@contextmanager
def killed_at_the_end(process):
    """A process that does not end by itself must not hold up the tests."""
    try:
        yield
    finally:
        process.kill()


def read_until(process, words):
    """What a process writes, up to and with `words`."""
    end, said = time.monotonic() + PATIENCE, b""
    while time.monotonic() < end:
        ready, _, _ = select.select([process.stdout], [], [], 0.1)
        said += os.read(process.stdout.fileno(), 65_536) if ready else b""
        if words in said.decode():
            return said.decode()
    process.kill()
    raise AssertionError(f"{words} did not come, but:\n{said.decode()}")


def test_what_cannot_be_watched_is_said(course, folder):
    def said(*arguments):
        command = [
            sys.executable,
            "-c",
            "from grader.cli import main; main()",
            "check",
            "--watch",
            *arguments,
        ]
        environment = {**os.environ, "GRADER_COURSE": str(course.root)}
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == 2
        return ended.stderr

    assert "a program checks once: grader check --json" in said("--json")
    assert "Did you mean 'double'?" in said("doubel")
    assert "is a folder; go there" in said(".")
