"""A disk that fills up in the middle of a batch: what is graded is kept, and the same command goes on."""

import os
import subprocess
import sys

import pytest

from benchmarks.synthetic import mistakes
from tests.faults.batches import whole

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts a tmpfs"),
]

ROOM = "size=700k"
"""Enough for the journal's tables and some students, and too little for all of them."""

STUDENTS = 30


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of its own, and how to give it room."""
    out = tmp_path / "out"
    out.mkdir()
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", ROOM, "tmpfs", out], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("only root can mount, and not everywhere")

    def grow():
        subprocess.run(["mount", "-o", "remount,size=64m", out], check=True)

    yield out, grow
    subprocess.run(["umount", "-l", out], check=True)


def test_a_full_disk_loses_nothing(place, small_disk, remaining):
    out, grow = small_disk
    here = place(STUDENTS, seed=2, faulty=0)
    batch = here.batch("on-a-small-disk", out=out)
    batch.start()
    assert batch.over() == 2, batch.said
    assert "Traceback" not in batch.said
    assert "No space left on device" in batch.said or "disk is full" in batch.said
    assert "go on" in batch.said or "goes on" in batch.said
    kept = batch.results
    assert 0 < kept < here.results
    whole(out)
    grow()
    batch.start()
    assert batch.over() == 0, batch.said
    assert list(mistakes(out, here.students)) == []
    assert batch.judged_twice == []
    assert batch.results == here.results
