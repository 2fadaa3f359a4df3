"""A folder is tried before the work begins, never shared with others, and gone again if nothing came."""

import errno
import tempfile

import pytest

from grader.errors import OutputError
from grader.report.folders import prepared


def foreign(names):
    return next((name for name in names if name != "ours"), None)


def into(out, beside):
    return prepared(out, beside=beside, what="pages", foreign=foreign)


def test_it_is_made_and_stays_with_what_came(tmp_path):
    out = tmp_path / "deep" / "out"
    for _ in range(2):
        with into(out, tmp_path / "class"):
            (out / "ours").touch()
    assert [path.name for path in out.iterdir()] == ["ours"]


def test_it_goes_again_where_nothing_came(tmp_path):
    with pytest.raises(KeyboardInterrupt), into(tmp_path / "deep" / "out", tmp_path / "class"):
        raise KeyboardInterrupt
    assert [*tmp_path.iterdir()] == []


def test_what_holds_something_stays_whatever_happens(tmp_path):
    out = tmp_path / "deep" / "out"

    def broken_off():
        (out / "ours").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), into(out, tmp_path / "class"):
        broken_off()
    assert (out / "ours").exists()


@pytest.mark.parametrize("out", ["class", "class/ada/out"])
def test_it_never_lies_among_the_submissions(tmp_path, out):
    (tmp_path / "class").mkdir()
    with (
        pytest.raises(OutputError, match="lies among the submissions"),
        into(tmp_path / out, tmp_path / "class"),
    ):
        pytest.fail("it was taken")
    assert [*(tmp_path / "class").iterdir()] == []


def test_what_is_somebody_elses_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").touch()
    told = r"holds other things, such as 'thesis.tex'; .* with an earlier run's pages\."
    with pytest.raises(OutputError, match=told), into(tmp_path, tmp_path / "class"):
        pytest.fail("it was taken")
    (tmp_path / "thesis.tex").rename(tmp_path / "file")
    with (
        pytest.raises(OutputError, match="is a file; name a folder"),
        into(tmp_path / "file", tmp_path / "class"),
    ):
        pytest.fail("it was taken")


def test_a_disk_that_refuses_is_named(tmp_path, monkeypatch):
    def full(**where):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    told = r"Pages cannot be written to '.*' \(No space left on device\); name another folder"
    with pytest.raises(OutputError, match=told), into(tmp_path / "out", tmp_path / "class"):
        pytest.fail("it was taken")
    assert [*tmp_path.iterdir()] == []
