"""The drawings in docs/handing-in.md, laid out as they are drawn, are read as is shown below them."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.submission import open_folder
from tests.grader.submission.packing import NAMES, POINTS, put, zipped

DOCUMENT = Path(__file__).parents[4] / "docs" / "handing-in.md"
CONTENTS = {
    ".zip": zipped({"softmax.py": b"def softmax(x): return x\n"}),
    ".txt": b"2026-11-01 18:00:00 UTC",
}


def blocks() -> dict[str, list[str]]:
    """The blocks below each heading of the part on what is read, the drawing first."""
    (part,) = re.findall(r"(?ms)^## What `grade` reads$(.*?)^## ", DOCUMENT.read_text())
    sections = re.split(r"(?m)^### ", part)[1:]
    found = {each.partition("\n")[0]: re.findall(r"(?ms)^```text\n(.*?)^```$", each) for each in sections}
    return {title: texts for title, texts in found.items() if texts}


def laid_out(root: Path, drawing: str, listed: str) -> Path:
    """The files of a drawing, each level indented by two spaces."""
    around: list[str] = []
    for line in drawing.splitlines():
        around[(len(line) - len(line.lstrip())) // 2 :] = [line.strip()]
        if not line.endswith("/"):
            path = root / "".join(around)
            source = b"import tools\n" if "softmax" in path.name else b"x = 1\n"
            put(path, listed.encode() if path.suffix == ".yml" else CONTENTS.get(path.suffix, source))
    return root / around[0]


def read(path: Path, assignment: str | None) -> list[str]:
    """What is noted of a class, and of each student."""
    with open_folder(path, NAMES, POINTS, zone=ZoneInfo("Europe/Berlin"), assignment=assignment) as found:
        lines = list(found.notes)
        for student in found.students:
            each = found.read(student)[-1]
            bundle = next(bundle for bundle in each.bundles if bundle.files)
            time = f", {bundle.submitted:%Y-%m-%d %H:%M}" if bundle.submitted else ""
            lines.append(f"{student}: {', '.join(file.name for file in bundle.files)}{time}")
            lines += [f"  {note}" for note in (*bundle.notes, *each.notes)]
    return lines


@pytest.mark.parametrize("title", blocks())
def test_a_drawing_is_read_as_shown(tmp_path: Path, title: str) -> None:
    drawing, *between, shown = blocks()[title]
    path = laid_out(tmp_path, drawing, "".join(between))
    assert read(path, "ps1" if title == "nbgrader" else None) == shown.splitlines()


def test_every_platform_has_a_drawing() -> None:
    assert list(blocks()) == ["Canvas", "Moodle", "Gradescope", "nbgrader", "Git clones"]
