"""What is seen while a class is marked: on terminals of several widths, without colour, and in a log."""

import io
import os
import pty
import re
import sys
import threading
import time

import pytest
from rich.cells import cell_len
from rich.console import Console

from grader.cli.live import LINE_SECONDS, Live, is_live, span
from tests.grader.cli.a_display import Clock, job, report

WIDTHS = (40, 60, 80, 120)


def plain(width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=False, color_system=None)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def half_way(live: Live, clock: Clock) -> None:
    """A class of 100, of whom 50 are done: an exercise of two came from the journal."""
    live.expect(100)
    for number in range(50):
        name = f"student-{number:02}"
        live.reused(name, "softmax")
        live.started(job(name, "conv2d"))
        clock.now += 1
        live.finished(job(name, "conv2d"), report(1 + number / 10))
        live.completed(name)
    live.started(job("student-50", "conv2d"))
    clock.now += 2
    live.started(job("student-51", "train_mlp"))
    clock.now += 2


def shown(live: Live, width: int) -> list[str]:
    console = plain(width)
    live._console = console
    console.print(live.view())
    return printed(console).splitlines()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(clock: Clock) -> Live:
    return Live(2, plain(), clock)


# --- a display ------------------------------------------------------------------


def test_the_display_at_80_columns(live: Live, clock: Clock) -> None:
    half_way(live, clock)
    bar, *lines = shown(live, 80)
    assert bar.rstrip().endswith(" 50 of 100 students, 57 s left")
    assert lines == [
        "50 exercises graded, 50 reused, 52 a minute",
        "running  student-50 conv2d 4 s, student-51 train_mlp 2 s",
        "slowest  student-49 conv2d 6 s, student-48 conv2d 6 s, student-47 conv2d 6 s",
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "name", ["student-07", "Ὀδυσσεύς Λαερτιάδης of Ithaca", "学生学生学生学生学生学生学生学生", "x" * 300]
)
def test_no_line_is_longer_than_the_terminal(live: Live, clock: Clock, width: int, name: str) -> None:
    half_way(live, clock)
    for number in range(8):
        live.started(job(name, "train_mlp", f"attempt-{number}"))
        live.finished(job(name, "train_mlp", f"attempt-{number}"), report(100 + number))
        live.started(job(name, "conv2d", f"attempt-{number}"))
    live.note("waiting for submissions, 3 are still arriving: " + name)
    lines = shown(live, width)
    assert len(lines) == 5
    assert max(map(cell_len, lines)) <= width


def test_names_are_whole_or_counted(live: Live) -> None:
    for number in range(16):
        live.started(job(f"student-{number:02}", "conv2d"))
    running = next(line for line in shown(live, 70) if line.startswith("running"))
    assert re.fullmatch(r"running  student-\d\d conv2d 0 s, student-\d\d conv2d 0 s and 14 more", running)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_characters_gets_them_spelled_out(
    live: Live, clock: Clock, encoding: str
) -> None:
    half_way(live, clock)
    live.finished(job("学生" * 5, "conv2d"), report(100))
    live.started(job("Ὀδυσσεύς", "conv2d"))
    file = io.TextIOWrapper(io.BytesIO(), encoding, errors="backslashreplace", newline="")
    live._console = Console(file=file, width=60, force_terminal=False, color_system=None)
    live._console.print(live.view())
    file.flush()
    lines = file.buffer.getvalue().decode(encoding).splitlines()  # type: ignore[attr-defined]
    assert max(map(len, lines)) <= 60
    assert r"\u5b66\u751f" in lines[-1]
    assert lines[0].startswith("----")


def test_hostile_names_do_nothing(live: Live) -> None:
    name = "\x1b[2J[red]ev\u202eil\n:smile:"
    live.started(job(name))
    live.finished(job(name), report(1))
    text = "\n".join(shown(live, 80))
    assert r"\x1b[2J[red]ev\u202ei..." in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)
    assert r"\x1b[2J[red]ev\u202ei..." in live.line()
    assert "\n" not in live.line()


def test_before_the_first_submission_it_says_what_takes_so_long(live: Live) -> None:
    live.expect(3)
    assert shown(live, 60)[1:] == ["starting: collecting the hidden tests ..."]


def test_at_the_end_nothing_runs_and_nothing_is_left(live: Live, clock: Clock) -> None:
    half_way(live, clock)
    live.note("waiting")
    with live:
        pass
    text = "\n".join(shown(live, 80))
    assert "left" not in text
    assert "running" not in text
    assert "waiting" not in text
    assert "slowest" in text


def test_where_nobody_has_arrived_nothing_is_starting(live: Live) -> None:
    live.note("waiting for submissions")
    assert shown(live, 60)[1:] == ["waiting for submissions"]


@pytest.mark.parametrize("count", [0, 1])
def test_a_class_of_nobody_can_be_shown(live: Live, count: int) -> None:
    live.expect(count)
    assert shown(live, 60)[0].rstrip().endswith(f"0 of {count} student{'' if count == 1 else 's'}")


# --- a log ----------------------------------------------------------------------


def test_a_log_has_a_line_every_ten_seconds_and_one_at_the_end(clock: Clock) -> None:
    console = plain()
    with Live(1, console, clock) as live:
        live.expect(100)
        for number in range(100):
            live.started(job(f"student-{number:02}"))
            clock.now += 0.5
            live.finished(job(f"student-{number:02}"), report(0.5))
            live.completed(f"student-{number:02}")
    lines = printed(console).splitlines()
    assert len(lines) == 50 // LINE_SECONDS + 1
    assert lines[0] == (
        "19 of 100 students, 40 s left, 20 exercises graded, 120 a minute; slowest: student-00 softmax 0.5 s"
    )
    assert (
        lines[-1]
        == "100 of 100 students, 100 exercises graded, 120 a minute; slowest: student-00 softmax 0.5 s"
    )


def test_a_short_run_leaves_no_line(clock: Clock) -> None:
    console = plain()
    with Live(1, console, clock) as live:
        live.started(job("ada"))
        live.finished(job("ada"), report(1))
    assert printed(console) == ""


def test_a_line_says_what_runs_and_what_is_waited_for(live: Live, clock: Clock) -> None:
    half_way(live, clock)
    live.note("2 are still arriving")
    assert live.line() == (
        "50 of 100 students, 57 s left, 50 exercises graded, 50 reused, 52 a minute; "
        "running: student-50 conv2d 4 s; slowest: student-49 conv2d 6 s; 2 are still arriving"
    )


def test_a_log_says_nothing_while_nothing_happens(clock: Clock) -> None:
    console = plain()
    with Live(1, console, clock) as live:
        live.expect(1)
        live.started(job("ada"))
        live.finished(job("ada"), report(1))
        live.completed("ada")
        for _ in range(100):
            clock.now += 5
            live.note("waiting for submissions")
        live.note("1 still arriving: bob")
    assert printed(console).splitlines() == [
        "1 of 1 student, 1 exercise graded; slowest: ada softmax 1.0 s; waiting for submissions",
        "1 of 1 student, 1 exercise graded; slowest: ada softmax 1.0 s; 1 still arriving: bob",
    ]


def test_a_long_line_is_not_broken(clock: Clock) -> None:
    console = plain(40)
    live = Live(1, console, clock)
    half_way(live, clock)
    assert printed(console)
    assert all(line.startswith(tuple("0123456789")) for line in printed(console).splitlines())


def test_a_thousand_events_write_nothing(clock: Clock) -> None:
    console = plain()
    live = Live(1, console, clock)
    for number in range(1000):
        live.started(job(f"{number}"))
        live.finished(job(f"{number}"), report(0))
        live.completed(f"{number}")
    assert printed(console) == ""


# --- on a terminal ----------------------------------------------------------------


@pytest.fixture
def screen():
    """A terminal, and what was written to it so far."""
    master, slave = pty.openpty()
    parts: list[bytes] = []

    def read() -> None:
        with os.fdopen(master, "rb", buffering=0) as stream:
            try:
                while part := stream.read(1 << 16):
                    parts.append(part)
            except OSError:  # the other end was closed
                pass

    reader = threading.Thread(target=read)
    reader.start()
    with os.fdopen(slave, "w") as file:
        yield file, parts
    reader.join()


def drawn(screen, monkeypatch, events: int = 100, seconds: float = 0.0, **environment: str) -> str:
    file, parts = screen
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    console = Console(file=file, width=80, markup=False, emoji=False, highlight=False)
    with Live(1, console) as live:
        live.expect(events)
        for number in range(events):
            live.started(job(f"student-{number}"))
            live.finished(job(f"student-{number}"), report(0))
            live.completed(f"student-{number}")
            time.sleep(seconds / events)
    file.write("the end")
    file.flush()
    while not b"".join(parts).endswith(b"the end"):
        time.sleep(0.01)
    return b"".join(parts).decode().removesuffix("the end")


def test_a_terminal_is_drawn_a_few_times_a_second_whatever_happens(screen, monkeypatch) -> None:
    before = time.monotonic()
    text = drawn(screen, monkeypatch, 1000, 0.7)
    drawings = text.count(" of 1,000 students")
    assert "1,000 of 1,000 students" in text
    assert 2 <= drawings <= 4 + 5 * (time.monotonic() - before)
    assert text.endswith("\x1b[?25h")  # the cursor is back


def test_without_colour_there_is_none(screen, monkeypatch) -> None:
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", drawn(screen, monkeypatch, NO_COLOR="1"))


def test_a_terminal_that_cannot_be_drawn_over_gets_lines(screen, monkeypatch) -> None:
    assert drawn(screen, monkeypatch, 3, TERM="dumb") == ""


def test_a_file_is_no_terminal_whatever_the_environment_says(monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    assert not is_live(Console(file=io.StringIO()))


def test_what_is_printed_into_a_file_stays_out_of_the_display(screen, monkeypatch) -> None:
    file, _ = screen
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with Live(1, Console(file=file, width=80)):
        print("a line for a file")
    assert sys.stdout.getvalue() == "a line for a file\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (1.4, "1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3500, "58 min"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert span(seconds) == said
