"""A small course on disk, and the command line run as it is typed."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.cli import main
from tests.grader.cli.a_batch import Batch

EXERCISE = """
title = "The title of NAME"
summary = "Write NAME."
[[entry_points]]
name = "NAME"
signature = "NAME(x)"
"""


@dataclass(frozen=True)
class Result:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GRADER_COURSE", "GRADER_DEBUG", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `grader` with the given arguments, as the installed script does."""

    def run(*args: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Result(ended.value.code, captured.out, captured.err)

    return run


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two exercises, and the current folder in it."""
    root = tmp_path / "course"
    put(
        root / "course.toml",
        'name = "A course"\nexercises = ["softmax", "conv2d"]\nsecret = "reference/secret.txt"\n',
    )
    put(root / "reference" / "secret.txt", "s\n")
    for name in ("softmax", "conv2d"):
        folder = root / "exercises" / name
        put(folder / "exercise.toml", EXERCISE.replace("NAME", name))
        put(folder / "README.md", f"handout of {name}\n")
        put(folder / f"{name}.py", f"def {name}(x):\n    raise NotImplementedError\n")
        put(folder / f"test_{name}.py", "")
        put(root / "tests" / "hidden" / f"test_{name}.py", "")
        put(root / "reference" / name / "solution.py", "")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def desk(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's own folder outside the course, which GRADER_COURSE names."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GRADER_COURSE", str(course))
    return folder


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch) -> Batch:
    replaced = Batch()
    monkeypatch.setattr("grader.cli.marking.engine_of", replaced)
    return replaced


@pytest.fixture
def klass(course: Path) -> Path:
    """Three students in the course's folder."""
    for student, files in {"ada": ("softmax", "conv2d"), "bob": ("softmax",), "=cmd\n": ("conv2d",)}.items():
        folder = course / "submissions" / student
        folder.mkdir(parents=True)
        for name in files:
            (folder / f"{name}.py").write_text("x = 1\n")
    return course


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
