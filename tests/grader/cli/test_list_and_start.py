"""`grader list` and `grader start`: what is there, what is laid out, what is never overwritten."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

FILES = ("softmax.py", "README.md", "test_softmax.py")


def test_list_shows_every_exercise(run: Any, desk: Path) -> None:
    said = run("list")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "A course"
    assert [line.split()[0] for line in lines[1:3]] == ["softmax", "conv2d"]
    assert "Write softmax." in lines[1]
    assert lines[-1] == "Next: softmax. Get it with `grader start softmax`."


def test_list_knows_what_is_started(run: Any, desk: Path) -> None:
    run("start")
    assert [each["started"] for each in json.loads(run("list", "--json").out)["exercises"]] == [False, False]
    (desk / "softmax" / "softmax.py").write_text("def softmax(x): return x\n")
    document = json.loads(run("list", "--json").out)
    assert document["schema_version"] == 1
    assert document["course"] == "A course"
    first, second = document["exercises"]
    assert first == {
        "name": "softmax",
        "title": "The title of softmax",
        "summary": "Write softmax.",
        "started": True,
        "file": str(desk / "softmax" / "softmax.py"),
    }
    assert (second["started"], second["file"]) == (False, None)
    assert "started" in run("list").out.splitlines()[1]


def test_list_knows_work_in_place(run: Any, course: Path) -> None:
    stub = course / "exercises" / "conv2d" / "conv2d.py"
    assert [each["started"] for each in json.loads(run("list", "--json").out)["exercises"]] == [False, False]
    stub.write_text("def conv2d(x): return x\n")
    assert [each["started"] for each in json.loads(run("list", "--json").out)["exercises"]] == [False, True]


def test_start_lays_out_stub_handout_and_tests(run: Any, course: Path, desk: Path) -> None:
    said = run("start", "softmax")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "softmax: read softmax/README.md, then fill in softmax/softmax.py.\n"
        "Check your work with `grader check`.\n"
    )
    assert sorted(path.name for path in desk.iterdir()) == ["softmax"]
    assert sorted(path.name for path in (desk / "softmax").iterdir()) == sorted(FILES)
    for name in FILES:
        original = course / "exercises" / "softmax" / name
        assert (desk / "softmax" / name).read_bytes() == original.read_bytes()


def test_start_without_names_lays_out_all(run: Any, desk: Path) -> None:
    assert run("start", "--to", "work/here").code == 0
    assert sorted(path.name for path in (desk / "work" / "here").iterdir()) == ["conv2d", "softmax"]


def test_start_never_overwrites(run: Any, desk: Path) -> None:
    run("start", "softmax")
    mine = desk / "softmax" / "softmax.py"
    mine.write_text("my work\n")
    (desk / "softmax" / "README.md").unlink()
    said = run("start", "softmax", "softmax")
    assert said.code == 0
    assert "kept as it is, because you have changed it: softmax.py." in said.out
    assert mine.read_text() == "my work\n"
    assert (desk / "softmax" / "README.md").exists()
    mine.unlink()
    mine.symlink_to("nowhere")
    run("start", "softmax")
    assert mine.is_symlink()
    assert not (desk / "softmax" / "nowhere").exists()


def test_start_twice_has_nothing_to_do(run: Any, desk: Path) -> None:
    run("start", "conv2d")
    assert run("start", "conv2d").out.splitlines()[0] == "conv2d: everything is there already."


def test_start_without_hard_links(run: Any, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert run("start", "softmax").code == 0
    assert sorted(path.name for path in (desk / "softmax").iterdir()) == sorted(FILES)


def test_start_leaves_nothing_half_written(run: Any, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:  # what is written is there then, in part
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    said = run("start", "softmax")
    assert said.code == 2
    assert said.err == (
        "grader: 'softmax/softmax.py' cannot be written (No space left on device); "
        "name another folder with --to DIR.\n"
    )
    assert [path for path in desk.rglob("*") if path.is_file()] == []


def test_start_where_a_file_is_in_the_way(run: Any, desk: Path) -> None:
    (desk / "softmax").write_text("a file")
    said = run("start", "softmax")
    assert said.code == 2
    assert said.err.startswith("grader: 'softmax/softmax.py' cannot be written (")
    assert (desk / "softmax").read_text() == "a file"


def test_start_of_an_unknown_exercise(run: Any, desk: Path) -> None:
    said = run("start", "sofmax")
    assert said.code == 2
    assert said.err == (
        "grader: No exercise is called 'sofmax'. Did you mean 'softmax'? This course has: softmax, conv2d.\n"
    )
    assert list(desk.iterdir()) == []


def test_start_as_notebooks(run: Any, desk: Path) -> None:
    said = run("start", "softmax", "--notebook")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "softmax: open softmax/softmax.ipynb, and work from top to bottom.\n"
        "Run the checks in the notebook, or check your work with `grader check`.\n"
    )
    names = sorted(path.name for path in (desk / "softmax").iterdir())
    assert names == ["README.md", "softmax.ipynb", "test_softmax.py"]
    assert run("status").out.splitlines()[2].split() == ["softmax", "not", "filled", "in", "yet"]
    mine = desk / "softmax" / "softmax.ipynb"
    mine.write_text("[]")
    assert "kept as it is, because you have changed it: softmax.ipynb." in run("start", "--notebook").out
    assert mine.read_text() == "[]"


def test_start_hands_out_hints(run: Any, course: Path, desk: Path) -> None:
    run("start", "softmax")
    (course / "exercises" / "softmax" / "hints.md").write_text("## One\n\nText.\n")
    assert run("start", "softmax").out.splitlines()[0] == "softmax: new in softmax: hints.md."
    assert (desk / "softmax" / "hints.md").read_text() == "## One\n\nText.\n"


def test_start_elsewhere_says_how_to_check_there(
    run: Any, course: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("start", "--to", "work").out.splitlines()[-1] == "Check your work in work with `grader check`."
    monkeypatch.delenv("GRADER_COURSE")
    last = run("--course", course, "start", "--to", "work").out.splitlines()[-1]
    assert last == f"Check your work in work with `grader --course {course} check`."
    monkeypatch.chdir(course)
    assert run("start", "--to", "work").out.splitlines()[-1] == "Check your work in work with `grader check`."


def test_start_from_a_course_that_cannot_be_read_in_part(run: Any, course: Path, desk: Path) -> None:
    handout = course / "exercises" / "softmax" / "test_softmax.py"
    handout.unlink()
    handout.mkdir()
    said = run("start", "softmax")
    assert said.code == 2
    assert said.err.startswith("grader: exercises/softmax/test_softmax.py is missing")
