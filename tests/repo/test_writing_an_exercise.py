"""docs/writing-an-exercise.md is followed literally, from top to bottom, in an empty folder.

A block below a line that ends in a path and a colon is that file; a console block is
commands after `$ `, each with what it prints. `...` stands for any text of a line, a
line `...` for any number of lines. Other blocks are a mistake of the page's.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.course import read_course
from grader.course.known import known_mistakes

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/writing-an-exercise.md"
PLACE = re.compile(r"^`(?P<path>[\w./]+)`(?:, [^`]*)?:$")
OPTIONAL = ("allowance.py", "accepted/", "null/", "mistakes/", "cases.py")


@dataclass(frozen=True)
class File:
    """A file to write."""

    path: str
    text: str


@dataclass(frozen=True)
class Command:
    """A line to type, and what it prints."""

    line: str
    shown: str


def steps(text: str) -> Iterator[File | Command]:
    """What the page says to do, in order."""
    for fence in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        language, block = fence.groups()
        if language == "console":
            for line, shown in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                yield Command(line, shown)
        else:
            before = text[: fence.start()].rstrip("\n").rpartition("\n")[2]
            place = PLACE.match(before)
            assert place, f"no path stands before the block that begins with {block.splitlines()[0]!r}"
            yield File(place["path"], block)


def pattern(shown: str) -> re.Pattern[str]:
    """What `shown` allows to be printed."""
    lines = []
    for line in shown.splitlines():
        if line == "...":
            lines.append(r"(?:.*\n)*")
        else:
            lines.append(".*".join(map(re.escape, line.split("..."))) + r"\n")
    return re.compile("".join(lines))


def write(step: File, folder: Path) -> None:
    path = folder / step.path
    assert not path.exists(), f"{step.path} stands on the page twice"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(step.text, encoding="utf-8")


def printed(line: str, folder: Path) -> str:
    """What a command prints when it is typed in `folder`, on a terminal of 80 columns without colour."""
    here = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,  # a command takes some ten seconds on an idle machine
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.rstrip("\n").splitlines())


@pytest.mark.slow
def test_the_page_can_be_followed(tmp_path: Path) -> None:
    for step in steps(PAGE.read_text(encoding="utf-8")):
        if isinstance(step, File):
            write(step, tmp_path)
        else:
            came = printed(step.line, tmp_path)
            assert pattern(step.shown.rstrip("\n") + "\n").fullmatch(came), f"$ {step.line}\n{came}"


def test_its_files_make_a_course(tmp_path: Path) -> None:
    for step in steps(PAGE.read_text(encoding="utf-8")):
        if isinstance(step, File):
            write(step, tmp_path)
    course = read_course(tmp_path, staff=True)
    (exercise,) = course.exercises
    assert exercise.reference is not None
    assert len(known_mistakes(exercise)) == 2
    assert all((exercise.reference / name).exists() for name in OPTIONAL)


def test_without_what_is_optional_it_is_a_course_too(tmp_path: Path) -> None:
    for step in steps(PAGE.read_text(encoding="utf-8")):
        if isinstance(step, File) and not any(f"/{name}" in step.path for name in OPTIONAL):
            write(step, tmp_path)
    (exercise,) = read_course(tmp_path, staff=True).exercises
    assert known_mistakes(exercise) == ()


def test_it_is_short() -> None:
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= 375


@pytest.mark.parametrize(
    ("shown", "came", "fits"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("1 student in ... s.\n", "1 student in 12 s.\n", True),
        ("1 student in ... s.\n", "2 students in 12 s.\n", False),
        ("a\n...\n", "a\nb\nc\n", True),
        ("a\n...\n", "a\n", True),
        ("a\n", "a\nb\n", False),
    ],
)
def test_what_is_shown_is_what_must_come(shown: str, came: str, fits: bool) -> None:
    assert bool(pattern(shown).fullmatch(came)) == fits


def test_a_block_without_a_path_is_found() -> None:
    with pytest.raises(AssertionError, match="no path stands before"):
        list(steps("Some text:\n\n```python\nx = 1\n```\n"))
