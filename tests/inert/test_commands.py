"""Commands that meet hostile names of files and folders, in what they say and in why they refuse."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.cli.place import progress
from tests.inert.corpus import KINDS
from tests.inert.judged_words import beginnings, characters

CALLED = (
    "commands of build servers",
    "escape sequences",
    "directions",
    "what can't be seen",
    "halves of characters",
)
NAMES = {
    kind: KINDS[kind][0].replace("/", "\u2215").replace("\0", "").encode("utf-8", "surrogatepass")[:200]
    for kind in CALLED
}
"""What files and folders are called."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "list": ("list",),
    "status": ("status",),
    "status for a program": ("status", "--json"),
    "submit": ("submit", "--no-check"),
    "submit, plain": ("submit", "--no-check", "--plain"),
    "submit for a program": ("submit", "--no-check", "--json"),
    "submit to": ("submit", "--no-check", "--to", "NAME.zip"),
    "submit to nowhere": ("submit", "--no-check", "--to", "NAME/none"),
    "check what is not there": ("check", "NAME.py"),
    "check what is no exercise": ("check", "NAME"),
    "check as something else": ("check", "softmax.py", "--as", "NAME"),
    "start": ("start", "NAME"),
    "hint": ("hint", "NAME"),
    "grade": ("grade", "NAME/none", "--out", "reports"),
    "grade only": ("grade", ".", "--only", "NAME", "--out", "reports"),
    "grade into": ("grade", ".", "--out", "NAME"),
    "grade with marks by hand": ("grade", ".", "--out", "reports", "--overrides", "NAME"),
    "similar": ("similar", "NAME/none"),
    "export": ("export", "markdown", "NAME", "--to", "class.md"),
    "export one": ("export", "markdown", "NAME", "--student", "NAME", "--to", "NAME.md"),
    "an option that is none": ("check", "--NAME"),
    "a command that is none": ("NAME",),
}
"""What is typed; NAME is hostile. There is a folder of that name, with a file of that name in it."""


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_command_says_is_inert(
    run: Callable[..., Any], desk: Path, monkeypatch: pytest.MonkeyPatch, kind: str, command: str
) -> None:
    name = os.fsdecode(NAMES[kind])
    folder = desk / name
    (folder / name).mkdir(parents=True)
    (folder / name / f"{name}.py").write_text("x = 1\n")
    (folder / "softmax.py").write_text(f"import helper\ndef softmax(x):\n    return x  # {kind}\n")
    (folder / "helper.py").write_text("x = 1\n")
    monkeypatch.chdir(folder)
    said = run(*(word.replace("NAME", name) for word in COMMANDS[command]))
    assert said.code in (0, 1, 2)
    for told in (said.out, said.err):
        assert beginnings(told.encode("utf-8"), b"") == []
    assert "The grader itself failed" not in said.err
    if command.endswith("for a program"):
        json.loads(said.out)
        assert said.out.isascii()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_going_on_is_inert(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for text in KINDS[kind]:
        monkeypatch.setattr("sys.stderr", Terminal())
        progress(f"reading {text}")
        drawn = sys.stderr.getvalue()  # type: ignore[attr-defined]
        assert list(characters(drawn.strip("\r"))) == []
        assert len(drawn) == 81
