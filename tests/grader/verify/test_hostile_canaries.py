"""Canaries: each kind sees that it was touched, and is quiet when it was not."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.verify.hostile.canaries import TOKEN, Canaries, token, tokens_in
from grader.verify.hostile.watchers import Segment, segment_exists

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the class runs on Linux only")


@pytest.fixture
def canaries(tmp_path: Path) -> Iterator[Canaries]:
    with Canaries(tmp_path, {"course": "/somewhere/course"}) as planted:
        yield planted


def settled(canaries: Canaries, wanted: str) -> list[str]:
    """What was touched, once `wanted` shows or two seconds have passed."""
    deadline = time.monotonic() + 2
    while wanted not in (found := canaries.touched("ada")) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def test_every_token_is_another_and_tells_its_place():
    first, second = token("file"), token("file")
    assert first != second
    assert tokens_in(f"so {first}, {second}x") == {first: "file", second: "file"}
    assert TOKEN.fullmatch(token("hidden"))
    assert tokens_in("canary-file-12") == {}


def test_places_are_filled_in_one_canary_for_each_student(canaries: Canaries):
    text = "@@course@@ @@file@@ @@file@@ @@token:hidden@@"
    course, first, again, hidden = canaries.fill(text, "ada").split()
    assert course == "/somewhere/course"
    assert first == again
    assert hidden == canaries.tokens["hidden"]
    assert canaries.fill("@@file@@", "bob") != first
    assert canaries.fill("@@shared@@", "ada") == canaries.fill("@@shared@@", "bob")
    with pytest.raises(KeyError):
        canaries.fill("@@nowhere@@", "ada")


def test_a_confession_does_not_stand_in_the_source(canaries: Canaries):
    written = canaries.fill("@@confession@@", "ada")
    assert tokens_in(written) == {}
    assert list(tokens_in(written[::-1]).values()) == ["confession"]


def test_what_nobody_touched_is_quiet(canaries: Canaries):
    kinds = "file folder victim posix_shm sysv_shm tcp4 tcp6 udp4 unix abstract"
    canaries.fill(" ".join(f"@@{kind}@@" for kind in kinds.split()), "ada")
    time.sleep(0.05)
    assert canaries.touched("ada") == []


@pytest.mark.parametrize(
    "touch",
    [
        lambda path: path.write_text("mine"),
        lambda path: path.unlink(),
        lambda path: path.chmod(0o600),
        lambda path: path.write_bytes(b"\xff"),
    ],
)
def test_a_file_that_was_changed_is_seen(canaries: Canaries, touch):
    touch(Path(canaries.fill("@@file@@", "ada")))
    assert canaries.touched("ada") == ["it changed a file outside"]
    assert canaries.touched("bob") == []


def test_a_folder_that_was_written_to_or_removed_is_seen(canaries: Canaries):
    folder = Path(canaries.fill("@@folder@@", "ada"))
    (folder / "mine").touch()
    assert canaries.touched("ada") == ["it wrote 'mine' outside"]
    (folder / "mine").unlink()
    folder.rmdir()
    assert canaries.touched("ada") == ["it wrote '(removed)' outside"]


@pytest.mark.parametrize("kind", ["tcp4", "udp4", "unix", "abstract"])
def test_a_listener_that_was_called_is_seen(canaries: Canaries, kind: str):
    place = canaries.fill(f"@@{kind}@@", "ada")
    address = {"unix": place, "abstract": f"\0{place}"}.get(kind)
    family = socket.AF_UNIX if address else socket.AF_INET
    what = socket.SOCK_DGRAM if kind == "udp4" else socket.SOCK_STREAM
    with socket.socket(family, what) as caller:
        caller.connect(address or ("127.0.0.1", int(place)))
        if kind == "udp4":
            caller.send(b"x")
    assert settled(canaries, f"it reached the listener {kind}") == [f"it reached the listener {kind}"]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (signal.SIGURG, "signalled"),
        (signal.SIGTERM, "signalled"),
        (signal.SIGSTOP, "stopped"),
        (signal.SIGKILL, "killed"),
    ],
)
def test_a_victim_notes_what_is_done_to_it(canaries: Canaries, number: int, told: str):
    os.kill(int(canaries.fill("@@victim@@", "ada")), number)
    assert settled(canaries, f"it {told} a process outside") == [f"it {told} a process outside"]


@pytest.mark.parametrize("kind", ["posix", "sysv"])
def test_shared_memory_that_was_changed_is_seen_and_goes(kind: str):
    with Segment(kind, token("shm")) as segment:
        if segment.name == "0":
            pytest.skip("this machine has no such memory")
        assert not segment.changed()
        with Segment(kind, token("shm")) as other:
            segment._content = other._content  # as if somebody had written the other one's words into it
            assert segment.changed()
    if kind == "sysv":
        assert not segment_exists(int(segment.name))
    else:
        assert not Path("/dev/shm", segment.name).exists()
