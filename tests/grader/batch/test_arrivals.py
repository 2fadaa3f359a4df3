"""When a submission counts as complete, by a clock that stands still until told otherwise."""

import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from grader.batch.arrivals import PATIENCE_SECONDS, ROUND_SECONDS, SETTLE_SECONDS, SLICE_SECONDS, Arrivals


class Watched:
    """A folder, its arrivals, and the clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 1000.0
        self.step = 0.0
        self.arrivals = Arrivals(folder, clock=self.clock)

    def clock(self) -> float:
        self.now += self.step
        return self.now

    def put(self, name: str, content: str | bytes = "x = 1\n") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def after(self, seconds: float) -> list[str]:
        """Who is complete when so much time has passed, in looks half a second apart."""
        complete, end = [], self.now + seconds
        while self.now < end - 1e-9:
            self.now += min(ROUND_SECONDS, end - self.now)
            complete += self.arrivals.poll()
        return complete


SETTLED = SETTLE_SECONDS + 2 * ROUND_SECONDS
"""After which something that stands still has been seen to."""


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    folder = tmp_path / "submissions"
    folder.mkdir()
    return Watched(folder)


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.py", content)
    return buffer.getvalue()


# --- what is complete -----------------------------------------------------------


def test_what_stands_still_is_complete_once(watched: Watched) -> None:
    watched.put("ada/softmax.py")
    watched.put("bob.zip", zipped(softmax="x"))
    watched.put("eve.tar.gz", b"something")
    assert not watched.arrivals.has_looked
    assert watched.after(SETTLE_SECONDS - ROUND_SECONDS) == []
    assert watched.arrivals.has_looked
    assert watched.arrivals.arriving == ("ada", "bob", "eve")
    assert sorted(watched.after(SETTLED)) == ["ada", "bob", "eve"]
    assert watched.arrivals.arriving == ()
    assert watched.after(100) == []


def test_what_grows_is_waited_for(watched: Watched) -> None:
    for number in range(8):
        watched.put("ada/softmax.py", "x\n" * number)
        assert watched.after(1) == []
    assert watched.after(SETTLED) == ["ada"]


def test_a_folder_that_gets_file_after_file_is_waited_for(watched: Watched) -> None:
    for number in range(5):
        watched.put(f"ada/deep/folder/{number}.py")
        watched.put("bob/softmax.py", "the other one stands still")
        os.utime(watched.folder / "bob/softmax.py", (1, 1))
        assert watched.after(1.5) == []
    assert "ada" in watched.after(SETTLED)


@pytest.mark.parametrize("change", ["edit", "replace", "add", "remove", "rename", "same size and time"])
def test_what_changes_comes_again(watched: Watched, change: str) -> None:
    path = watched.put("ada/softmax.py", "x = 1\n")
    watched.put("ada/helper.py")
    watched.put("bob/softmax.py")
    assert sorted(watched.after(SETTLED)) == ["ada", "bob"]
    match change:
        case "edit":
            path.write_text("x = 22\n")
        case "replace":
            os.replace(watched.put("../new.py"), path)
        case "add":
            watched.put("ada/conv2d.py")
        case "remove":
            (path.parent / "helper.py").unlink()
        case "rename":
            path.rename(path.parent / "conv2d.py")
        case "same size and time":
            before = path.stat()
            path.write_text("x = 2\n")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert watched.after(SETTLE_SECONDS) == []
    assert watched.arrivals.arriving == ("ada",)
    assert watched.after(SETTLED) == ["ada"]


def test_whoever_leaves_and_comes_back_is_new(watched: Watched) -> None:
    watched.put("ada/softmax.py")
    watched.after(SETTLED)
    (watched.folder / "ada").rename(watched.folder.parent / "ada")
    assert watched.after(1) == []
    (watched.folder.parent / "ada").rename(watched.folder / "ada")
    assert watched.after(SETTLED) == ["ada"]


def test_folder_and_archive_of_a_student_are_complete_together(watched: Watched) -> None:
    watched.put("ada/softmax.py")
    assert watched.after(1.5) == []
    watched.put("ada.zip", zipped(softmax="x"))
    assert watched.after(1.5) == []
    assert watched.after(SETTLED) == ["ada"]


# --- what looks half written -------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 30, 60])
def test_a_zip_without_its_end_is_waited_for(watched: Watched, cut: int) -> None:
    whole = zipped(softmax="x = 1\n" * 100)
    watched.put("ada.zip", whole[:-cut])
    assert watched.after(20) == []
    assert watched.arrivals.arriving == ("ada",)
    watched.put("ada.zip", whole)
    assert watched.after(SETTLED) == ["ada"]


def test_a_zip_with_a_long_comment_is_whole(watched: Watched) -> None:
    path = watched.put("ada.zip", zipped(softmax="x"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"c" * 65535
    assert watched.after(SETTLED) == ["ada"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ada.zip", zipped(softmax="x")[:-5]),
        ("ada/attempt-1.zip", zipped(softmax="x")[:-5]),
        ("ada.zip", b""),
        ("ada.tgz", b""),
        ("ada/softmax.ipynb", b'{"cells": ['),
        ("ada/softmax.ipynb", b""),
        ("ada/softmax.py.part", b"x = "),
        ("ada/softmax.py.crdownload", b"x = "),
        ("ada/softmax.py.FILEPART", b"x = "),
        ("ada/~$notes.docx", b"x"),
        ("ada/inner/.hidden", b"there is nothing but this"),
    ],
)
def test_what_looks_half_written_is_taken_after_a_minute_of_quiet(
    watched: Watched, name: str, content: bytes
) -> None:
    watched.put(name, content)
    assert watched.after(PATIENCE_SECONDS) == []
    assert watched.after(SETTLED) == ["ada"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ada.zip", b"\x1f\x8b a renamed .tar.gz"),
        ("ada/softmax.ipynb", b'{"cells": []}\n\n'),
        ("ada/__init__.py", b""),
        ("ada/softmax.py", b"def softmax(x:"),
    ],
)
def test_nothing_else_is_waited_for(watched: Watched, name: str, content: bytes) -> None:
    watched.put(name, content)
    assert watched.after(SETTLED) == ["ada"]


def test_an_upload_that_pauses_for_less_than_a_minute_is_waited_for(watched: Watched) -> None:
    for number in range(5):
        watched.put("ada/softmax.py.part", "x" * number)
        assert watched.after(PATIENCE_SECONDS - 5) == []
    os.replace(watched.folder / "ada/softmax.py.part", watched.folder / "ada/softmax.py")
    assert watched.after(SETTLED) == ["ada"]


def test_a_hidden_file_that_grows_is_waited_for_but_not_for_ever(watched: Watched) -> None:
    watched.put("ada/softmax.py")
    complete: list[str] = []
    for number in range(int(PATIENCE_SECONDS)):
        watched.put("ada/.conv2d.py.Xy12", "x" * number)
        complete += watched.after(1)
    assert complete == []
    for number in range(3):
        watched.put("ada/.conv2d.py.Xy12", "x" * number)
        complete += watched.after(1)
    assert complete == ["ada"]
    assert watched.after(SETTLED) == []


def test_a_download_is_nobodys_until_it_has_its_name(watched: Watched) -> None:
    watched.put("ada.zip.part", zipped(softmax="x"))
    watched.put("bob.download/softmax.py")
    assert watched.after(2 * PATIENCE_SECONDS) == []
    assert watched.arrivals.partial == ("ada.zip.part", "bob.download")
    os.replace(watched.folder / "ada.zip.part", watched.folder / "ada.zip")
    assert watched.after(SETTLED) == ["ada"]


# --- whatever a folder may hold ------------------------------------------------------


def test_what_is_no_submission_is_left_alone(watched: Watched, tmp_path: Path) -> None:
    watched.put("submitted.csv")
    watched.put(".hidden/softmax.py")
    watched.put("__MACOSX/softmax.py")
    (watched.folder / "link").symlink_to(tmp_path)
    os.mkfifo(watched.folder / "pipe.zip")
    assert watched.after(2 * PATIENCE_SECONDS) == []
    assert (watched.arrivals.arriving, watched.arrivals.partial) == ((), ())


def test_nothing_in_a_submission_blocks_or_is_followed(watched: Watched) -> None:
    watched.put("ada/softmax.py")
    os.mkfifo(watched.folder / "ada/conv2d.ipynb")
    (watched.folder / "ada/loop").symlink_to("..")
    (watched.folder / "ada/attempt-1.zip").symlink_to("/dev/zero")
    (watched.folder / "ada" / os.fsdecode(b"\xff\xfe.py")).write_text("x")
    assert watched.after(SETTLED) == ["ada"]
    assert watched.after(SETTLED) == []


def test_a_file_that_may_not_be_read_is_taken_as_it_is(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.put("ada/softmax.ipynb", "no end")

    def denied(path: str, flags: int, **place: int) -> int:
        if path == "softmax.ipynb":
            raise PermissionError
        return os_open(path, flags, **place)

    os_open = os.open
    monkeypatch.setattr(os, "open", denied)
    assert watched.after(SETTLED) == ["ada"]
    assert watched.after(SETTLED) == []


def test_a_folder_that_goes_away_for_a_while_is_a_problem_and_no_news(watched: Watched) -> None:
    watched.put("ada/softmax.py")
    assert watched.after(SETTLED) == ["ada"]
    away = watched.folder.rename(watched.folder.parent / "away")
    assert watched.after(5) == []
    assert watched.arrivals.problem == "No such file or directory"
    away.rename(watched.folder)
    assert watched.after(SETTLED) == []
    assert watched.arrivals.problem == ""


def test_a_look_at_thousands_is_spread_over_many_calls(watched: Watched) -> None:
    for number in range(100):
        watched.put(f"student-{number:03}/softmax.py")
    watched.step = SLICE_SECONDS / 10
    calls, complete = 0, []
    while len(complete) < 100:
        before = watched.now
        complete += watched.arrivals.poll()
        assert watched.now - before <= 2 * SLICE_SECONDS
        watched.now += 0.01
        calls += 1
    assert calls > 30
    before, watched.step = watched.now, 0.0
    watched.put("ada/softmax.py")
    while "ada" not in complete:  # after so long a look, there is a long pause
        complete += watched.arrivals.poll()
        watched.now += 0.1
    assert 5 < watched.now - before < 20
    complete.remove("ada")
    assert sorted(complete) == [f"student-{number:03}" for number in range(100)]


def test_between_two_rounds_nothing_is_looked_at(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.arrivals.poll()
    monkeypatch.setattr("grader.batch.arrivals.opened", lambda folder: pytest.fail("it was opened"))
    watched.now += ROUND_SECONDS / 2
    assert watched.arrivals.poll() == []


def test_no_more_is_looked_at_than_is_read(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.batch.glance.FOLDER_NAMES", 20)
    for number in range(200):
        watched.put(f"ada/{number}/softmax.py")
    looked = []
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda *a, **k: looked.append(a) or real(*a, **k))
    watched.now += 1
    watched.arrivals.poll()
    assert len(looked) <= 21


def test_a_network_file_system_that_tells_late_is_not_believed(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sizes by name are those of a while ago; a file that is opened says its true one."""
    path = watched.put("ada/softmax.py", "x")
    stale, stat = os.stat(path), os.stat

    def late(name: str, **how: object) -> os.stat_result:
        return stale if name == "softmax.py" else stat(name, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", late)
    watched.after(1)
    path.write_text("x = 1\n")
    assert watched.after(SETTLED) == []
    monkeypatch.undo()
    assert watched.after(SETTLED) == ["ada"]


def test_a_class_takes_little_memory_and_time_once_it_is_there(watched: Watched) -> None:
    for number in range(300):
        watched.put(f"student-{number:03}/softmax.py")
    assert len(watched.after(SETTLED)) == 300
    shutil.rmtree(watched.folder)
    watched.folder.mkdir()
    watched.after(1)
    assert watched.arrivals._seen == {}
