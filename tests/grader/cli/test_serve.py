"""`grader serve`, as far as it gets without a server."""

import sys

import pytest


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
