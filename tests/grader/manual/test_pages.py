"""The committed pages are what the program says now."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.manual import PAGES
from grader.manual.markdown import anchor, sentence

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("path", PAGES)
def test_a_committed_page_is_what_the_program_says(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == PAGES[path](), (
        "the program's words changed: python -m grader.manual writes the page anew; look at the diff"
    )


def test_the_module_writes_the_same(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    subprocess.run([sys.executable, "-m", "grader.manual"], cwd=tmp_path, check=True)
    assert {str(path.relative_to(tmp_path)) for path in (tmp_path / "docs").iterdir()} == {*PAGES}
    for path in PAGES:
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes()


@pytest.mark.parametrize("path", PAGES)
def test_every_link_within_a_page_finds_its_heading(path: str) -> None:
    page = PAGES[path]()
    headings = [anchor(title) for title in re.findall(r"(?m)^#+ (.+)$", page)]
    assert len(headings) == len({*headings})
    assert {*re.findall(r"\]\(#([^)]+)\)", page)} <= {*headings}


def test_plain_text_has_no_markup_but_code() -> None:
    assert sentence("A <b>, 2 * 3, a_b, [x]\n  and `a_b[0] < 1`") == (
        r"A \<b\>, 2 \* 3, a\_b, \[x\] and `a_b[0] < 1`"
    )
