"""What docs/handing-in.md shows of `grader submit` and `grader release` is what comes."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from grader.course import read_course
from grader.release import released
from tests.repo.test_docs import GRADER, ROOT, blocks

PAGE = ROOT / "docs/handing-in.md"
TEXT = PAGE.read_text()
TAKEN = {"softmax": "student-01", "cross_entropy": "student-08"}


def run_grader(line: str, folder: Path) -> str:
    words = [str(GRADER), *shlex.split(line)[1:]]
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student in a release: two exercises started, one stub laid out."""
    here = tmp_path_factory.mktemp("evening") / "course"
    run_grader(f"grader release --to {shlex.quote(str(here))}", ROOT)
    for exercise, student in TAKEN.items():
        shutil.copy(ROOT / "submissions" / student / f"{exercise}.py", here)
    run_grader("grader start conv2d", here)
    return here


@pytest.mark.slow
def test_the_receipt_is_what_comes(desk: Path) -> None:
    (shown,) = (block for block in blocks(TEXT) if "Receipt: Deep learning from scratch" in block.lines)
    came = [line.rstrip() for line in run_grader("grader submit", desk).splitlines()]
    assert without_time(came) == without_time(shown.lines)
    (digest,) = re.findall(r"read from softmax.py \(digest (\w{12})\)", TEXT)
    assert f"softmax: digest {digest}, all 6 tests passed" in came


def without_time(lines: list[str] | tuple[str, ...]) -> list[str]:
    return ["Packed" if line.startswith("Packed: ") else line for line in lines]


@pytest.mark.slow
def test_a_drop_folder_is_what_the_page_says(desk: Path, tmp_path: Path) -> None:
    (line,) = re.findall(r"`(grader submit --to /srv/drop .*?)`", TEXT)
    run_grader(line.replace("/srv/drop", shlex.quote(str(tmp_path))) + " --no-check", desk)
    (shape,) = re.findall(r"`/srv/drop/(.*?)`", TEXT)
    (attempt,) = tmp_path.glob("*/*")
    written = f"{attempt.relative_to(tmp_path)}/"
    assert re.sub(r"\d", "0", written) == re.sub(r"\d", "0", shape)


def test_a_release_holds_what_the_table_lists_and_nothing_else() -> None:
    table = TEXT[TEXT.index("## `grader release`") :]
    listed = re.findall(r"^\| `([\w./<>]+)` \|", table, re.MULTILINE)
    patterns = [re.escape(each).replace("<name>", r"\w+") for each in listed]
    files = [file.path for file in released(read_course(ROOT, staff=True))]
    assert [name for name in files if not any(re.match(each, name) for each in patterns)] == []
    assert all(any(re.match(each, name) for name in files) for each in patterns)
