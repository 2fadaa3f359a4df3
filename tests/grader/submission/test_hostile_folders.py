"""Folders made to harm: what is swapped while it is read, what is no file, what is too many."""

import os
import random
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.findings import MissingFile, UnreadableFile
from grader.submission import Submission
from grader.submission.caps import STUDENT_BYTES
from grader.submission.contents import HELPERS
from grader.submission.imports import imported
from grader.submission.names import near
from grader.submission.notebooks import NOTEBOOKS, NOTEBOOKS_BYTES
from grader.wire.caps import REQUEST_CAPS
from tests.grader.submission.packing import SOURCE, files_of, put, read, zipped

SECONDS = 10
"""Processor time for what takes less than one on an idle machine, and hours where a loop is wrong."""


@pytest.fixture
def swap(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], object]]:
    """What to do just before a name is opened: after it was listed, as a race would have it."""
    swaps: dict[str, Callable[[], object]] = {}
    really = os.open

    def opening(path: Any, *args: Any, **kwargs: Any) -> int:
        if swapping := swaps.pop(os.path.basename(path), None):
            swapping()
        return really(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", opening)
    return swaps


def linked(path: Path, target: Path) -> Callable[[], object]:
    def to_link() -> None:
        path.rename(path.with_name("." + path.name))
        path.symlink_to(target)

    return to_link


def one(root: Path) -> Submission:
    (submission,) = read(root).values()
    return submission


# --- swapped between looking and opening ----------------------------------------------


@pytest.mark.parametrize("name", ["softmax.py", "work.zip"])
def test_a_file_that_becomes_a_link(tmp_path: Path, swap: dict[str, Any], name: str) -> None:
    secret = put(tmp_path / "secret", zipped({"softmax.py": b"secret"}))
    path = put(tmp_path / "class" / "eve" / name)
    swap[name] = linked(path, secret)
    submission = one(tmp_path / "class")
    assert submission.bundles[0].files == ()
    problem: Any = submission.bundles[0].problem
    assert (problem.file, problem.reason) == (name, "unreadable")
    assert not swap


@pytest.mark.parametrize("name", ["eve", "eve.zip"])
def test_a_student_that_becomes_a_link(tmp_path: Path, swap: dict[str, Any], name: str) -> None:
    put(tmp_path / "class" / "ada" / "softmax.py")
    path = tmp_path / "class" / name
    if name == "eve":
        put(path / "softmax.py")
    else:
        put(path, zipped({"softmax.py": SOURCE}))
    swap[name] = linked(path, tmp_path / "class" / "ada")
    submissions = read(tmp_path / "class")
    assert submissions["eve"].bundles[0].files == ()
    assert isinstance(submissions["eve"].bundles[0].problem, UnreadableFile)
    assert files_of(submissions["ada"])[0] == ["softmax.py"]


def test_a_folder_that_is_moved_away_is_still_the_one_that_was_opened(
    tmp_path: Path, swap: dict[str, Any]
) -> None:
    put(tmp_path / "class" / "eve" / "softmax.py")
    put(tmp_path / "secret" / "softmax.py", b"secret")
    swap["softmax.py"] = linked(tmp_path / "class" / "eve", tmp_path / "secret")
    assert one(tmp_path / "class").bundles[0].files[0].content == SOURCE


def test_a_file_that_becomes_a_pipe_does_not_hang(tmp_path: Path, swap: dict[str, Any]) -> None:
    path = put(tmp_path / "class" / "eve" / "softmax.py")

    def to_pipe() -> None:
        path.unlink()
        os.mkfifo(path)

    swap["softmax.py"] = to_pipe
    problem: Any = one(tmp_path / "class").bundles[0].problem
    assert (problem.reason, problem.detail) == ("unreadable", "it is not a regular file")


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, swap: dict[str, Any]) -> None:
    path = put(tmp_path / "class" / "eve" / "softmax.py")
    swap["softmax.py"] = lambda: os.truncate(path, 1 << 40)
    problem: Any = one(tmp_path / "class").bundles[0].problem
    assert problem.reason == "too-large"


def test_a_file_that_vanishes(tmp_path: Path, swap: dict[str, Any]) -> None:
    path = put(tmp_path / "class" / "eve" / "softmax.py")
    swap["softmax.py"] = path.unlink
    problem: Any = one(tmp_path / "class").bundles[0].problem
    assert (problem.reason, problem.detail) == ("unreadable", "No such file or directory")


# --- what is no file ------------------------------------------------------------------


def test_sockets_and_pipes_are_not_opened(
    tmp_path: Path, swap: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "eve").mkdir()
    monkeypatch.chdir(tmp_path / "eve")  # a socket's path has 108 bytes
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("softmax.py")
        os.mkfifo("conv2d.py")
        os.mkfifo("work.zip")
        swap["softmax.py"] = swap["conv2d.py"] = swap["work.zip"] = lambda: pytest.fail("it was opened")
        problems: list[Any] = [bundle.problem for bundle in one(tmp_path).bundles]
    assert [(each.reason, each.detail) for each in problems] == [
        ("unreadable", "it is not a regular file")
    ] * 2


@pytest.mark.skipif(not os.path.exists("/dev/zero") or os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_not_opened(tmp_path: Path, swap: dict[str, Any]) -> None:
    (tmp_path / "eve").mkdir()
    try:
        os.mknod(tmp_path / "eve" / "softmax.py", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("root without the capability to make devices")
    swap["softmax.py"] = lambda: pytest.fail("it was opened")
    problem: Any = one(tmp_path).bundles[0].problem
    assert (problem.reason, problem.detail) == ("unreadable", "it is not a regular file")


def test_a_file_of_a_terabyte(tmp_path: Path) -> None:
    put(tmp_path / "eve" / "softmax.py")
    os.truncate(tmp_path / "eve" / "softmax.py", 1 << 40)
    problem: Any = one(tmp_path).bundles[0].problem
    assert (problem.reason, problem.detail) == ("too-large", "the limit is 5 MiB")


def test_names_of_any_bytes(tmp_path: Path) -> None:
    put(tmp_path / "eve" / "softmax.py", b"__import__(name)")
    odd = [b"a\nb.py", b"\xe2\x80\xaefdp.py", b"\xff\xfe.py", b"\x1b[2J.py", b"'; rm.py", b"-rf.py"]
    for name in odd:
        put(tmp_path / "eve" / os.fsdecode(name))
    submission = one(tmp_path)
    names = [file.name for file in submission.bundles[0].files[1:]]
    assert names == sorted(os.fsdecode(name) for name in odd if b"\xff" not in name)
    assert all(name.encode("utf-8") for name in names)
    assert submission.notes == ("Not needed by any exercise, so not read: \\xff\\xfe.py.",)


# --- too many, too much -----------------------------------------------------------------


CHOSEN = b"import_module(x)"
NAMED = b"import " + b",".join(b"m%d" % number for number in range(20_000))


@pytest.mark.parametrize("content", [CHOSEN, NAMED], ids=["chosen", "named"])
def test_a_folder_of_many_modules(tmp_path: Path, content: bytes) -> None:
    put(tmp_path / "eve" / "softmax.py", content)
    for number in range(20_000):
        (tmp_path / "eve" / f"m{number}.py").write_bytes(content[:16])
    began = time.process_time()
    submission = one(tmp_path)
    assert time.process_time() - began < SECONDS
    assert len(submission.bundles[0].files) == 1 + HELPERS
    assert isinstance(submission.bundles[1].problem, MissingFile)


def test_what_is_read_of_one_student_is_bounded(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py")
    for number in range(20):
        put(tmp_path / "eve" / f"n{number:02}.ipynb", b"softmax")
        os.truncate(tmp_path / "eve" / f"n{number:02}.ipynb", 5 << 20)
    bundle = read(tmp_path)["eve"].bundles[0]
    assert [file.name for file in bundle.files] == [f"n{number:02}.ipynb" for number in range(8)]
    assert bundle.notes[1] == (
        "There were too many or too large ones to look in "
        "n08.ipynb, n09.ipynb, n10.ipynb, n11.ipynb, n12.ipynb too."
    )
    put(tmp_path / "eve" / "softmax.py")
    for name in ("ada", "eve"):
        assert read(tmp_path)[name].bundles[0].problem is None


def test_many_notebooks(tmp_path: Path) -> None:
    for number in range(NOTEBOOKS + 2):
        put(tmp_path / "eve" / f"n{number:02}.ipynb", b"softmax")
    bundle = one(tmp_path).bundles[0]
    assert len(bundle.files) == NOTEBOOKS
    assert bundle.notes[1] == "There were too many or too large ones to look in n50.ipynb, n51.ipynb too."


def test_what_goes_to_the_far_side_fits_into_a_frame() -> None:
    assert max(STUDENT_BYTES, NOTEBOOKS_BYTES) + (5 << 20) < REQUEST_CAPS.head_bytes


HOSTILE = {
    "lines that import": b"import a\n" * 300_000,
    "one line that imports": b"import " + b"a," * 2_000_000,
    "lines without end": b"\n" * 5_000_000,
    "returns without end": b"\r" * 5_000_000,
    "lines that go on": b"\\\n" * 2_500_000,
    "imports without spaces": b"import" * 800_000,
    "brackets that choose": b"import_module" + b" " * 4_000_000,
    "many brackets": (b"__import__(" + b" " * 1000 + b'"') * 4000,
    "a quote without end": b'"' + b"a" * 5_000_000,
    "quotes without end": b'"a' * 2_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_looking_for_imports_takes_time_with_the_length_only(name: str) -> None:
    began = time.process_time()
    imported(HOSTILE[name], [f"m{number}.py" for number in range(1000)])
    assert time.process_time() - began < SECONDS


def test_looking_for_a_misspelling_takes_no_time() -> None:
    noise = random.Random(3)
    names = ["".join(noise.choices(" -_()1copyv", k=250)) for _ in range(1000)]
    began = time.process_time()
    near("linear_backward", [*names, " -_" * 80, "1" * 250, "(1)" * 80], ())
    assert time.process_time() - began < SECONDS / 10
