"""A class of any size is read one student at a time, and nothing of her stays."""

import gc
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SubmissionsError
from grader.submission import open_folder
from grader.submission.caps import Caps
from tests.grader.submission.packing import NAMES, PACK, POINTS, put, zipped

BIG = 512 << 10


@pytest.fixture(autouse=True)
def descriptors() -> Iterator[None]:
    """No test leaves a file open."""
    gc.collect()
    before = sorted(os.listdir("/proc/self/fd"))
    yield
    gc.collect()
    assert sorted(os.listdir("/proc/self/fd")) == before


def noise(seed: int, size: int = BIG) -> bytes:
    """What no packer makes smaller, and differs from student to student."""
    return b"# " + os.urandom(size) + b"%d" % seed


def big_class(root: Path, kind: str) -> Path:
    """Three students with two attempts each, in folders or packed."""
    files = {f"s{n}/attempt-{k}/softmax.py": noise(10 * n + k) for n in range(3) for k in (1, 2)}
    if kind == "folders":
        for name, content in files.items():
            put(root / "class" / name, content)
    elif kind == "zip of class":
        return put(root / "class.zip", zipped(files))
    else:
        for n in range(3):
            packed = {name[3:]: content for name, content in files.items() if name.startswith(f"s{n}/")}
            put(root / "class" / f"s{n}.{kind}", PACK[kind](packed))
    return root / "class"


@pytest.mark.parametrize("kind", ["folders", "zip of class", *PACK])
def test_nothing_of_a_student_stays(tmp_path: Path, kind: str) -> None:
    with open_folder(big_class(tmp_path, kind), NAMES, POINTS) as found:
        found.read("s0")  # what is made once and kept: expressions, codecs
        gc.collect()
        gc.disable()  # nothing may wait for a collection either
        tracemalloc.start()
        try:
            before, _ = tracemalloc.get_traced_memory()
            for student in found.students:
                attempts = found.read(student)
                while_held, _ = tracemalloc.get_traced_memory()
                assert sum(len(each.bundles[0].files[0].content) for each in attempts) > 2 * BIG
                assert while_held - before > 2 * BIG
                del attempts
                after, _ = tracemalloc.get_traced_memory()
                assert after - before < 64 << 10
        finally:
            tracemalloc.stop()
            gc.enable()


def test_who_is_not_asked_for_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for student in ("ada", "bob", "eve"):
        put(tmp_path / student / "attempt-1" / "softmax.py")
    names: list[str] = []
    really = os.open

    def opening(path: Any, *args: Any, **kwargs: Any) -> int:
        names.append(os.path.basename(path))
        return really(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", opening)
    with open_folder(tmp_path, NAMES, POINTS) as found:
        assert found.students == ("ada", "bob", "eve")
        assert names == [tmp_path.name]
        found.read("bob")
        assert names == [tmp_path.name, "bob", "attempt-1", "softmax.py"]


def test_a_student_is_read_as_often_as_asked_and_as_she_is_now(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py", b"early")
    with open_folder(tmp_path, NAMES, POINTS) as found:
        assert found.read("ada") == found.read("ada")
        put(tmp_path / "ada" / "softmax.py", b"late")
        (submission,) = found.read("ada")
    assert submission.bundles[0].files[0].content == b"late"


@pytest.mark.parametrize("kind", PACK)
def test_what_a_student_in_an_archive_costs_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("grader.submission.reader.STUDENT", Caps(entries=6, unpacked=1 << 20, kept=1 << 20))
    content = noise(1, 200 << 10)
    path = put(tmp_path / f"ada.{kind}", PACK[kind]({"softmax.py": content, "conv2d.py": content}))
    with open_folder(path, NAMES, POINTS) as found:
        for _ in range(4):
            (submission,) = found.read("ada")
            assert [bundle.problem for bundle in submission.bundles] == [None, None]


def test_a_folder_that_is_one_students_own_is_closed_after_each_reading(tmp_path: Path) -> None:
    for exercise in NAMES:
        put(tmp_path / "ada" / exercise / f"{exercise}.py")
    with open_folder(tmp_path / "ada", NAMES, POINTS) as found:
        before = os.listdir("/proc/self/fd")
        for _ in range(3):
            (submission,) = found.read("ada")
            assert [bundle.problem for bundle in submission.bundles] == [None, None]
            assert os.listdir("/proc/self/fd") == before


def test_a_class_that_is_still_to_come(tmp_path: Path) -> None:
    with open_folder(tmp_path, NAMES, POINTS, arriving=True) as found:
        assert (found.students, found.notes) == ((), ())
        put(tmp_path / "ada" / "softmax.py")
        with pytest.raises(SubmissionsError, match=r"There is no submission of 'ada'"):
            found.read("ada")
    with open_folder(tmp_path, NAMES, POINTS, arriving=True) as found:
        assert found.students == ("ada",)
    with pytest.raises(SubmissionsError, match="There are no submissions"):
        open_folder(put(tmp_path / "none" / ".hidden").parent, NAMES, POINTS)


def test_a_student_who_goes(tmp_path: Path) -> None:
    (put(tmp_path / "ada" / "softmax.py")).unlink()
    put(tmp_path / "bob" / "softmax.py")
    with open_folder(tmp_path, NAMES, POINTS) as found:
        (tmp_path / "ada").rmdir()
        (submission,) = found.read("ada")
    problem = submission.bundles[0].problem
    assert problem is not None
    assert problem.code == "unreadable-file"


def test_a_list_that_cannot_be_read_leaves_nothing_open(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "softmax.py")
    put(tmp_path / "submitted.csv", b"nonsense")
    before = os.listdir("/proc/self/fd")
    with pytest.raises(SubmissionsError) as caught:
        open_folder(tmp_path, NAMES, POINTS)
    assert caught.tb is not None  # keeps all that is not closed alive
    assert os.listdir("/proc/self/fd") == before


class FakeEntry:
    """What `os.scandir` gives, of a file that is not there."""

    def __init__(self, name: str) -> None:
        self.name = name

    def is_symlink(self) -> bool:
        return False

    def is_dir(self, *, follow_symlinks: bool) -> bool:
        return False

    def is_file(self, *, follow_symlinks: bool) -> bool:
        return True


class Crowded:
    """A folder of more names than a test wants to make: last what the student meant."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __enter__(self) -> Iterator[Any]:
        return self._names()

    def __exit__(self, *_: object) -> None:
        self._real.close()

    def _names(self) -> Iterator[Any]:
        for number in range(100_000):
            yield FakeEntry(f"a{number:07}.png")
        yield from self._real


def test_very_many_names_cost_little_and_hide_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "ada" / "softmax.py")
    put(tmp_path / "ada" / "attempt-1" / "conv2d.py")
    put(tmp_path / "bob" / "softmax.py")
    for place in ("reader", "student"):
        monkeypatch.setattr(f"grader.submission.{place}.FOLDER_NAMES", 1000)
    really = os.scandir
    found = open_folder(tmp_path, NAMES, POINTS)
    monkeypatch.setattr(
        os, "scandir", lambda at: Crowded(really(at)) if "softmax.py" in os.listdir(at) else really(at)
    )
    tracemalloc.start()
    try:
        first, last = found.read("ada")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        found._stack.close()
    assert (first.bundles[1].problem, last.bundles[0].problem) == (None, None)
    assert last.notes == (
        "Not needed by any exercise, so not read: a0000000.png, a0000001.png, a0000002.png, "
        "a0000003.png, a0000004.png and 993 more.",
    )
    assert peak < 8 << 20  # of which 5 are the room in which a file is read
