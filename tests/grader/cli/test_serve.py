"""`grader serve`, as far as it gets without a server."""

import sys
import time

import pytest

from grader.batch.notice import is_held, read_notice


def refused(run, *arguments):
    said = run("serve", *arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    return said.err


def test_a_file_is_no_folder_of_reports(run, tmp_path):
    (tmp_path / "class.html").write_text("x")
    assert "is a file; name the folder that `grader grade --out`" in refused(run, tmp_path / "class.html")


def test_a_folder_of_other_things_is_refused(run, tmp_path):
    (tmp_path / "ada").mkdir()
    said = refused(run, tmp_path)
    assert "holds no reports but other things, such as 'ada'" in said


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn"])
def test_what_is_not_installed_is_said_with_what_to_type(run, tmp_path, monkeypatch, missing):
    for name in [each for each in sys.modules if each.startswith("grader.serve")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    said = refused(run, tmp_path)
    assert said == (
        f"grader: `grader serve` needs {missing}, which is not installed; type: "
        "python -m pip install 'grader[serve]'\n"
    )


def test_another_module_that_is_missing_is_our_fault(run, tmp_path, monkeypatch):
    for name in [each for each in sys.modules if each.startswith("grader.serve")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grader.serve.files", None)
    assert "The grader itself failed" in run("serve", tmp_path).err


def test_there_is_no_other_address(run):
    said = run("serve", "--host", "0.0.0.0")
    assert said.code == 2
    assert "--host" in said.err


def test_a_run_says_how_far_it_is_while_it_goes_on_and_no_longer(run, klass, batch, tmp_path):
    out, seen = tmp_path / "reports", []

    def good(source):
        end = time.monotonic() + 5
        while ((notice := read_notice(out)) is None or not notice.students) and time.monotonic() < end:
            time.sleep(0.01)
        seen.append((notice and notice.students, is_held(out)))
        return True

    batch.good = good
    assert run("grade", "submissions", "--out", out).code == 0
    assert set(seen) == {(3, True)}
    assert not (out / "progress.json").exists()
    assert not is_held(out)
