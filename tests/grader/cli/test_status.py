"""`grader status`: how far a student is with each exercise, without running anything."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.desk.progress import Progress
from grader.submission import read_file
from tests.grader.cli.conftest import put
from tests.grader.desk.test_progress import PASSED, WRONG, a_report

MINE = "def f(x):\n    return x\n"


def check(path: Path, *tests: Any, ago: timedelta = timedelta(0)) -> None:
    bundle = read_file(path, path.stem, ("softmax", "conv2d"))
    now = datetime.now(UTC) - ago
    Progress(path.parent).record(a_report(*tests, name=path.stem), bundle.digest, now)


def lines(said: Any) -> list[str]:
    assert (said.code, said.err) == (0, "")
    return [" ".join(line.split()) for line in said.out.splitlines() if line.strip()]


def test_an_evening(run: Any, desk: Path) -> None:
    assert lines(run("status")) == [
        "A course: 0 of 2 finished",
        "softmax not started",
        "conv2d not started",
        "Next: softmax. Get it with `grader start softmax`.",
    ]
    run("start")
    assert lines(run("status"))[1:] == [
        "softmax not filled in yet",
        "conv2d not filled in yet",
        "Next: softmax. Fill in softmax/softmax.py, then `grader check softmax`.",
    ]
    mine = put(desk / "conv2d.py", MINE)
    assert lines(run("status"))[2:] == [
        "conv2d started not checked yet",
        "Next: conv2d. See how far it is with `grader check conv2d`.",
    ]
    check(mine, PASSED, WRONG, ago=timedelta(days=40))
    said = lines(run("status"))
    assert said[2].startswith("conv2d 1 of 2 tests passed checked ")
    assert said[3] == "Next: go on with conv2d, then `grader check conv2d` again."
    put(mine, MINE + "#\n")
    assert lines(run("status"))[2].endswith(", changed since")
    check(mine, PASSED, PASSED)
    said = lines(run("status"))
    assert said[0] == "A course: 1 of 2 finished"
    assert said[2].startswith("conv2d finished checked t")
    mine.unlink()
    (desk / "conv2d" / "conv2d.py").unlink()
    assert lines(run("status"))[2].endswith(", no file here")


def test_hints_and_dates(run: Any, course: Path, desk: Path) -> None:
    put(course / "exercises" / "softmax" / "hints.md", "## One\n\nText.\n\n## Two\n\nText.\n")
    with (course / "course.toml").open("a") as toml:
        toml.write("[due]\nsoftmax = 2099-01-31T12:00:00Z\nconv2d = 2020-01-31T12:00:00Z\n")
    Progress(desk).see_hint("softmax")
    first, second = lines(run("status", "--plain"))[1:3]
    assert first.startswith("softmax: not started, 1 of 2 hints seen; due ")
    assert " Jan 2099 " in first
    assert second.startswith("conv2d: not started, was due ")


def test_plain_has_no_columns(run: Any, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(put(desk / "softmax.py", MINE), PASSED)
    monkeypatch.setenv("GRADER_PLAIN", "1")
    text = run("status").out
    assert "  " not in text
    assert text.splitlines()[2].startswith("softmax: finished, checked ")
    assert text.splitlines()[3] == "conv2d: not started"


def test_json_is_one_document(run: Any, desk: Path) -> None:
    mine = put(desk / "softmax.py", MINE)
    check(mine, PASSED, WRONG)
    document = json.loads(run("status", "--json").out)
    assert (document["schema_version"], document["course"]) == (1, "A course")
    first, second = document["exercises"]
    checked = datetime.fromisoformat(first.pop("checked"))
    assert abs(datetime.now(UTC) - checked) < timedelta(minutes=5)
    assert first == {
        "name": "softmax",
        "title": "The title of softmax",
        "stage": "checked",
        "file": str(mine),
        "passed": 1,
        "tests": 2,
        "changed": False,
        "hints_seen": 0,
        "hints": 0,
        "due": None,
    }
    assert (second["stage"], second["file"], second["passed"], second["checked"]) == (
        "not started",
        None,
        None,
        None,
    )
    assert document["next"] == "Next: go on with softmax, then `grader check softmax` again."


def test_list_says_the_same(run: Any, desk: Path) -> None:
    check(put(desk / "softmax.py", MINE), PASSED)
    put(desk / "conv2d.py", MINE)
    assert [line.split()[:2] for line in run("list").out.splitlines()[1:3]] == [
        ["softmax", "finished"],
        ["conv2d", "started"],
    ]
    assert [each["started"] for each in json.loads(run("list", "--json").out)["exercises"]] == [True, True]
    assert lines(run("list", "--plain"))[1] == "softmax: finished, Write softmax."


def test_damaged_progress_is_said_and_nothing_else_is_lost(run: Any, desk: Path) -> None:
    mine = put(desk / "softmax.py", MINE)
    check(mine, PASSED)
    (desk / ".grader" / "progress.json").write_text("]")
    said = lines(run("status", "--plain"))
    assert said[1].startswith(".grader/progress.json could not be understood")
    assert said[2] == "softmax: started, not checked yet"
    assert mine.read_text() == MINE
    assert "understood" not in run("status").out, "said once"


def test_eighty_columns_and_no_colour(run: Any, desk: Path) -> None:
    check(put(desk / "softmax.py", MINE), PASSED, WRONG)
    text = run("status").out
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
