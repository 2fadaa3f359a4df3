"""A module that renders has a row in the table, or it is said why it needs none."""

from __future__ import annotations

import re
from pathlib import Path

import grader
from tests.inert.renderers import RENDERERS

CHAPTERS = ("report", "export", "pages", "press", "similar", "serve")

SAYS_ABOUT_A_FINDING = (
    "its words go through `report.text`, and every finding's are tried in test_words_are_inert"
)
NO_TEXT = "data, or arithmetic on it"
OURS_ALONE = "holds no text of a student's"

WITHOUT_A_ROW = {
    **{f"report.about_{theme}": SAYS_ABOUT_A_FINDING for theme in (
        "cells", "efficiency", "errors", "factors", "files", "limits", "loading", "relations", "results",
        "running", "sizes", "smallest", "trajectory", "whens",
    )},
    **{f"report.{name}": "makes words that every renderer sets" for name in ("reckoning", "words", "safe")},
    **{f"report.{name}": NO_TEXT for name in (
        "class_counts", "class_report", "groups", "item_analysis", "notebook_use", "numbers", "redact",
    )},
    **{f"report.{name}": OURS_ALONE for name in (
        "examples", "hints", "isolation", "schema", "vocabulary",
    )},
    "report.folders": "errors name what lies in a folder; they are tried as errors",
    "report.templating": "makes the pages of others, which have rows",
    "export.gradescope_bundle": "packs the course, before anybody handed in",
    "export.wheel": OURS_ALONE,
    "export.reading": "reads; its errors are tried as errors",
    "pages.histogram": NO_TEXT,
    "pages.writing": "writes the pages that have rows",
    "press.press": "carries a notebook to the far side; tried in test_a_hostile_run",
    "press.returning": "writes what comes back; tried in test_a_hostile_run",
    **{f"similar.{name}": NO_TEXT for name in (
        "code", "comparing", "finding", "fingerprints", "given", "reading", "regions",
    )},
    "serve.app": "routes", "serve.files": "gives out files that have rows", "serve.guard": OURS_ALONE,
    "serve.server": OURS_ALONE,
}  # fmt: skip
"""Modules that make nothing of a student's text by themselves, and why."""


def modules() -> set[str]:
    root = Path(grader.__file__).parent
    found = (
        path.relative_to(root).with_suffix("") for each in CHAPTERS for path in (root / each).rglob("*.py")
    )
    return {".".join(path.parts) for path in found if path.name != "__init__"}


def test_every_module_has_a_row_or_a_reason() -> None:
    rows = {module for renderer in RENDERERS for module in renderer.modules}
    assert rows & WITHOUT_A_ROW.keys() == set()
    assert modules() == rows | WITHOUT_A_ROW.keys()


def test_every_export_is_there() -> None:
    """Each command of `grader export` writes what some row makes."""
    commands = Path(grader.__file__).parent.joinpath("cli", "export").glob("*.py")
    used = {
        module for path in commands for module in re.findall(r"from grader\.(export\.\w+)", path.read_text())
    }
    rows = {module for renderer in RENDERERS for module in renderer.modules}
    assert used <= rows | WITHOUT_A_ROW.keys()
