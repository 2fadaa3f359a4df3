"""`grader hint`: one at a time, remembered, and never in the way."""

import os
from pathlib import Path
from typing import Any

import pytest

from grader.desk.progress import Progress

HINTS = """# Hints

## Begin small

Take one row.

## Then more

Take two rows.

## The end

All rows.
"""


@pytest.fixture(autouse=True)
def hints(course: Path) -> None:
    (course / "exercises" / "softmax" / "hints.md").write_text(HINTS)


def heads(said: Any) -> list[str]:
    assert (said.code, said.err) == (0, "")
    return [line for line in said.out.splitlines() if ", hint " in line]


def test_each_call_shows_the_next_one(run: Any, desk: Path) -> None:
    first = run("hint", "softmax")
    assert first.out == (
        "softmax, hint 1 of 3: Begin small\n\n"
        f"{'  Take one row.':<80}\n\n"
        "Not enough? `grader hint softmax` shows hint 2 of 3.\n"
    )
    assert heads(run("hint", "softmax")) == ["softmax, hint 2 of 3: Then more"]
    last = run("hint", "softmax")
    assert heads(last) == ["softmax, hint 3 of 3: The end"]
    assert "That was the last one." in last.out
    over = run("hint", "softmax")
    assert heads(over) == ["softmax, hint 3 of 3: The end"]
    assert (
        "You have seen all 3, and this is the last one.\nAll of them: `grader hint softmax --all`."
        in over.out
    )
    assert Progress(desk).hints_seen("softmax") == 3


def test_again_shows_the_last_one_and_does_not_go_on(run: Any, desk: Path) -> None:
    assert heads(run("hint", "softmax", "--again")) == ["softmax, hint 1 of 3: Begin small"]
    assert heads(run("hint", "softmax", "--again")) == ["softmax, hint 1 of 3: Begin small"]
    run("hint", "softmax")
    assert heads(run("hint", "softmax", "--again")) == ["softmax, hint 2 of 3: Then more"]
    assert Progress(desk).hints_seen("softmax") == 2


def test_all_of_them(run: Any, desk: Path) -> None:
    run("hint", "softmax")
    assert len(heads(run("hint", "softmax", "--all"))) == 3
    assert Progress(desk).hints_seen("softmax") == 3


def test_plain_is_one_thing_a_line(run: Any, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["softmax, hint 1 of 3: Begin small", "Take one row."]
    assert run("hint", "softmax", "--plain").out.splitlines()[:2] == lines
    monkeypatch.setenv("GRADER_PLAIN", "1")
    assert run("hint", "softmax", "--again").out.splitlines()[:2] == lines


@pytest.mark.parametrize("name", ["softmax/", "softmax.py", "softmax/softmax.py", "softmax.ipynb"])
def test_an_exercise_is_named_as_people_name_it(run: Any, desk: Path, name: str) -> None:
    assert heads(run("hint", name)) == ["softmax, hint 1 of 3: Begin small"]


def test_without_a_name_it_is_what_she_works_on(run: Any, desk: Path) -> None:
    said = run("hint")
    assert (said.code, said.err) == (2, "grader: Which exercise? Name it: `grader hint softmax`.\n")
    (desk / "softmax.py").write_text("def softmax(x): return x\n")
    assert heads(run("hint")) == ["softmax, hint 1 of 3: Begin small"]


def test_an_exercise_without_hints_has_a_handout(run: Any, course: Path, desk: Path) -> None:
    there = os.path.relpath(course / "exercises" / "conv2d" / "README.md", desk)
    said = run("hint", "conv2d")
    assert (said.code, said.err) == (0, "")
    assert " ".join(said.out.split()) == f"There are no hints for conv2d. Its handout may help: {there}."
    run("start", "conv2d")
    assert "conv2d/README.md." in run("hint", "conv2d").out


def test_where_nothing_can_be_written_it_says_so(run: Any, desk: Path) -> None:
    (desk / ".grader").write_text("in the way")
    said = run("hint", "softmax", "--plain")
    assert heads(said) == ["softmax, hint 1 of 3: Begin small"]
    assert said.out.splitlines()[-2:] == [
        "Nothing can be written here, so it is not remembered which hints you have seen.",
        "All of them: `grader hint softmax --all`.",
    ]


def test_damaged_progress_is_said_in_one_sentence(run: Any, desk: Path) -> None:
    run("hint", "softmax")
    (desk / ".grader" / "progress.json").write_text("{")
    said = run("hint", "softmax", "--plain")
    assert said.out.startswith(
        ".grader/progress.json could not be understood, so your progress is counted anew"
    )
    assert heads(said) == ["softmax, hint 1 of 3: Begin small"]


SAID = [
    (["sofmax"], "No exercise is called 'sofmax'. Did you mean 'softmax'? This course has: softmax, conv2d."),
    (
        ["softmax", "--again", "--all"],
        "--again shows one hint and --all shows every one; choose one of the two.",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), SAID)
def test_what_cannot_be_shown_is_one_sentence(
    run: Any, desk: Path, arguments: list[str], sentence: str
) -> None:
    said = run("hint", *arguments)
    assert (said.code, said.out, said.err) == (2, "", f"grader: {sentence}\n")
