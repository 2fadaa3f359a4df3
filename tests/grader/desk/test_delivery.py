"""Nothing that is there is ever replaced, and what arrives arrives whole."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.desk.delivery import drop, free_place, own_name, put_archive, put_new, put_receipt
from grader.errors import OutputError, UsageError

NOW = datetime(2026, 11, 1, 18, 0, 0, tzinfo=UTC)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_archive_gets_the_next_free_name(tmp_path: Path) -> None:
    for content, name in ((b"1", "x.zip"), (b"2", "x-2.zip"), (b"1", "x.zip"), (b"3", "x-3.zip")):
        place = free_place(tmp_path, "x", content)
        put_archive(place, content)
        assert place.name == name
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [b"2", b"3", b"1"]


def test_another_file_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"mine")
    (tmp_path / "link.zip").symlink_to(tmp_path / "nowhere")
    for name in ("x.zip", "link.zip"):
        with pytest.raises(OutputError, match="is there already, and is not replaced"):
            put_archive(tmp_path / name, b"other")
    assert (tmp_path / "x.zip").read_bytes() == b"mine"
    assert names(tmp_path) == ["link.zip", "x.zip"]


def test_each_receipt_has_a_name_of_its_own(tmp_path: Path) -> None:
    made = [put_receipt(tmp_path / "x.zip", content).name for content in (b"1", b"1", b"2")]
    assert made == ["x-receipt.txt", "x-receipt-2.txt", "x-receipt-3.txt"]


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.link

    def late(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"theirs")
        real(source, target)

    monkeypatch.setattr(os, "link", late)
    assert not put_new(tmp_path / "x", b"ours")
    assert (tmp_path / "x").read_bytes() == b"theirs"
    assert names(tmp_path) == ["x"]


def test_a_disk_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(source: Path, target: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert put_new(tmp_path / "x", b"ours")
    assert not put_new(tmp_path / "x", b"others")
    assert (tmp_path / "x").read_bytes() == b"ours"
    assert names(tmp_path) == ["x"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_refuses_is_named_and_left_clean(
    tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refused)
    with pytest.raises(OutputError, match=rf"x.zip' cannot be written \({os.strerror(code)}\); name another"):
        put_archive(tmp_path / "x.zip", b"1")
    assert names(tmp_path) == []


def test_a_drop_that_breaks_off_is_no_attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        if self.name == "b.py":
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left"):
        drop({"a.py": b"1", "b.py": b"2"}, tmp_path, "ada", NOW)
    assert names(tmp_path / "ada") == []


def test_a_drop_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "bob").mkdir()
    (tmp_path / "ada").symlink_to(tmp_path / "bob")
    with pytest.raises(OutputError, match="ada' is a link"):
        drop({"a.py": b"1"}, tmp_path, "ada", NOW)
    assert names(tmp_path / "bob") == []


@pytest.mark.parametrize("typed", ["", " ", "..", ".", "a/b", "../x", ".hidden", "a\nb", "x" * 300])
def test_a_name_that_cannot_be_a_folder_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="cannot be a student's id"):
        own_name(typed)


def test_names_of_people_are_names() -> None:
    assert [own_name(each) for each in (" ada ", "Zoë Müller", "a.b@c.de", "李雷")] == [
        "ada",
        "Zoë Müller",
        "a.b@c.de",
        "李雷",
    ]
