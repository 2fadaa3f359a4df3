"""What tells of saves, and what it does where the system does not tell."""

from __future__ import annotations

import select
import time

import pytest

from grader.desk import saves as saves_module
from grader.desk.saves import Saves, is_shared

MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:30 / /home/ada rw - nfs4 server:/ada rw
31 22 0:31 / /mnt/with\\040blank rw shared:1 - 9p host rw
32 30 0:32 / /home/ada/local rw - ext4 /dev/vdb rw
"""


def told(saves, seconds=3.0):
    """Whether something is told within so many seconds."""
    ready, _, _ = select.select([saves], [], [], seconds)
    if ready:
        saves.take()
    return bool(ready)


@pytest.fixture
def saves():
    with Saves() as running:
        yield running


def ready(saves, folder):
    """Listen in `folder`, and wait until it does."""
    for number in range(50):
        saves.watch([folder])
        (folder / "probe.py").write_text(str(number))
        if told(saves, 0.1):
            break
    while told(saves, 0.3):
        pass


def test_a_save_is_told_within_200_ms(saves, tmp_path):
    ready(saves, tmp_path)
    begun = time.monotonic()
    (tmp_path / "softmax.py").write_text("x = 1")
    assert told(saves)
    assert time.monotonic() - begun < 0.2


def test_what_is_no_code_is_not_told(saves, tmp_path):
    ready(saves, tmp_path)
    (tmp_path / "training.log").write_text("step 1")
    assert not told(saves, 0.4)


def test_a_folder_that_is_made_again_is_listened_to_again(saves, tmp_path):
    folder = tmp_path / "softmax"
    folder.mkdir()
    ready(saves, folder)
    (folder / "probe.py").unlink()
    folder.rmdir()
    assert told(saves)
    folder.mkdir()
    ready(saves, folder)
    (folder / "softmax.py").write_text("x = 1")
    assert told(saves)


def test_a_folder_that_is_not_there_is_passed_over(saves, tmp_path):
    saves.watch([tmp_path / "nowhere"])
    assert not told(saves, 0.1)


def test_where_others_may_write_is_looked_at_again_and_again(saves, tmp_path, monkeypatch):
    monkeypatch.setattr(saves_module, "is_shared", lambda folder: True)
    ready(saves, tmp_path)
    (tmp_path / "softmax.py").write_text("x = 1")
    assert told(saves)
    assert saves.polled == tmp_path


def test_where_the_system_has_no_more_watches_it_is_looked_again_and_again(saves, tmp_path, monkeypatch):
    real = saves_module.watch

    def full(*paths, force_polling, **other):
        if not force_polling:
            raise OSError(28, "OS file watch limit reached")
        return real(*paths, force_polling=force_polling, **other)

    monkeypatch.setattr(saves_module, "watch", full)
    ready(saves, tmp_path)
    (tmp_path / "softmax.py").write_text("x = 1")
    assert told(saves)
    assert saves.polled == tmp_path


@pytest.mark.parametrize(
    ("folder", "shared"),
    [
        ("/home/bob", False),
        ("/home/ada/dl", True),
        ("/home/ada/local/dl", False),
        ("/mnt/with blank/x", True),
    ],
)
def test_which_file_systems_are_shared(tmp_path, folder, shared):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert is_shared(tmp_path.__class__(folder), mounts) is shared


def test_without_a_table_of_mounts_the_system_is_trusted(tmp_path):
    assert not is_shared(tmp_path, tmp_path / "nowhere")
