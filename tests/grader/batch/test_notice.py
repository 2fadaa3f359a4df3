"""The notice: what it says, that it goes, and whether somebody is behind it."""

import json
import os
import time
from contextlib import suppress

import pytest

from grader.batch.journal import LOCK
from grader.batch.lock import Lock
from grader.batch.notice import NOTICE, Notice, Posted, Running, is_held, read_notice

RUNNING = Running(student="ada", exercise="softmax", attempt="", began=1.5)
SAID = Notice(students=4, graded=3, reused=2, ends=10.5, running=(RUNNING,))


def wait_for(said, folder, seconds=5.0):
    end = time.monotonic() + seconds
    while read_notice(folder) != said and time.monotonic() < end:
        time.sleep(0.01)
    assert read_notice(folder) == said


def test_it_stands_as_long_as_the_batch_runs_and_follows_it(tmp_path):
    said = SAID
    with Posted(tmp_path, lambda: said):
        wait_for(SAID, tmp_path)
        said = SAID.model_copy(update={"graded": 4})
        wait_for(said, tmp_path)
        assert os.listdir(tmp_path) == [NOTICE]
    assert os.listdir(tmp_path) == []


def test_what_only_time_changes_is_not_written_again(tmp_path):
    later = SAID.model_copy(update={"ends": 11.0, "running": (RUNNING.model_copy(update={"began": 1.6}),)})
    assert later.is_as(SAID)
    for field, value in {"students": 5, "graded": 4, "reused": 3, "running": ()}.items():
        assert not SAID.model_copy(update={field: value}).is_as(SAID)
    assert not SAID.is_as(None)


def test_it_goes_where_the_batch_breaks_off(tmp_path):
    with suppress(KeyboardInterrupt), Posted(tmp_path, lambda: SAID):
        wait_for(SAID, tmp_path)
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []


def test_a_disk_that_takes_nothing_stops_nobody(tmp_path):
    with Posted(tmp_path / "nowhere", lambda: SAID):
        time.sleep(0.05)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", SAID.model_dump_json().replace("10.5", "NaN"), '{"students": "many"}', "\udc80"],
)
def test_one_that_cannot_be_read_says_nothing(tmp_path, content):
    (tmp_path / NOTICE).write_text(content, errors="surrogateescape")
    assert read_notice(tmp_path) is None


def test_neither_a_link_nor_a_pipe_is_read(tmp_path):
    (tmp_path / "other").write_text(SAID.model_dump_json())
    (tmp_path / NOTICE).symlink_to("other")
    assert read_notice(tmp_path) is None
    (tmp_path / NOTICE).unlink()
    os.mkfifo(tmp_path / NOTICE)
    assert read_notice(tmp_path) is None


def test_whether_somebody_writes_is_seen_without_writing(tmp_path):
    assert not is_held(tmp_path)
    assert os.listdir(tmp_path) == []
    lock = Lock(tmp_path / LOCK)
    before = (tmp_path / LOCK).read_bytes()
    assert is_held(tmp_path)
    lock.release()
    assert not is_held(tmp_path)
    assert (tmp_path / LOCK).read_bytes() == before
    Lock(tmp_path / LOCK).release()  # the look took nothing along


def test_it_is_plain_json(tmp_path):
    with Posted(tmp_path, lambda: SAID):
        wait_for(SAID, tmp_path)
        assert json.loads((tmp_path / NOTICE).read_text())["running"][0]["student"] == "ada"
