"""`grader receipt`: a receipt of `grader submit` and what is laid beside it."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.desk.presented import MOST_BYTES
from tests.grader.cli.conftest import put

ARCHIVE = "a-course-submission.zip"
RECEIPT = "a-course-submission-receipt.txt"


@pytest.fixture
def handed_in(run: Any, desk: Path) -> Path:
    """A desk from which two exercises, one with a helper module, were handed in."""
    put(desk / "softmax.py", "import tools\n")
    put(desk / "tools.py", "x = 1\n")
    put(desk / "conv2d.py", "y = 1\n")
    said = run("submit", "--no-check", "--json")
    put(desk / "receipt.json", said.out)
    return desk


def test_the_archive_itself(run: Any, handed_in: Path) -> None:
    for receipt in (RECEIPT, "receipt.json"):
        said = run("receipt", receipt, ARCHIVE)
        assert (said.code, said.err) == (0, "")
        assert said.out.split() == f"{ARCHIVE} is the archive of this receipt, byte for byte.".split()


def test_packed_again_unpacked_or_one_file_of_it(run: Any, handed_in: Path) -> None:
    with zipfile.ZipFile(handed_in / ARCHIVE) as archive:
        archive.extractall(handed_in / "taken apart")
    shutil.make_archive(str(handed_in / "again"), "zip", handed_in / "taken apart")
    for presented in ("taken apart", "again.zip"):
        said = run("receipt", "--plain", RECEIPT, presented)
        same = f"{presented} holds what this receipt lists, with the same digests: softmax and conv2d.\n"
        assert (said.code, said.out) == (0, same)
    said = run("receipt", "--plain", "receipt.json", "taken apart/softmax.py")
    assert (said.code, said.out) == (
        0,
        "softmax.py holds what this receipt lists, with the same digests: softmax.\n",
    )


def test_another_file_is_told_by_its_digest(run: Any, handed_in: Path) -> None:
    before = json.loads((handed_in / "receipt.json").read_text())["exercises"][0]["digest"]
    put(handed_in / "tools.py", "x = 2\n")
    said = run("receipt", "--plain", RECEIPT, "softmax.py")
    assert said.code == 1
    assert said.out.startswith("softmax.py is not what this receipt is of: softmax has the digest ")
    assert said.out.endswith(f", and the receipt says {before[:12]}.\n")
    (handed_in / "conv2d.py").unlink()
    (handed_in / ARCHIVE).write_bytes(b"PK")
    said = run("receipt", "--plain", RECEIPT, ARCHIVE)
    lost = "softmax is not in it, or cannot be read; conv2d is not in it, or cannot be read"
    assert (said.code, said.out) == (1, f"{ARCHIVE} is not what this receipt is of: {lost}.\n")


def test_json(run: Any, handed_in: Path) -> None:
    put(handed_in / "softmax.py", "x = 2\n")
    said = run("receipt", "--json", RECEIPT, "softmax.py")
    document = json.loads(said.out)
    (found,) = document.pop("exercises")
    assert (said.code, document) == (1, {"same": False, "archive": False})
    assert found["name"] == "softmax"
    assert found["receipt"] != found["found"][:12]
    assert json.loads(run("receipt", "--json", RECEIPT, ARCHIVE).out) == {
        "same": True,
        "archive": True,
        "exercises": [],
    }


@pytest.mark.parametrize(
    ("receipt", "presented", "why"),
    [
        ("gone.txt", ARCHIVE, "The receipt 'gone.txt' cannot be read (No such file or directory)"),
        ("tools.py", ARCHIVE, "'tools.py' is no receipt; name the file '...-receipt.txt' that `grader"),
        (ARCHIVE, ARCHIVE, f"'{ARCHIVE}' is no receipt"),
        ("{}.json", ARCHIVE, "'{}.json' is no receipt"),
        ("long.txt", ARCHIVE, "'long.txt' is no receipt"),
        (RECEIPT, "gone.zip", "There is no 'gone.zip'; name an archive, a folder, or a file"),
        (RECEIPT, "tools.py", "The receipt lists no 'tools.py'; it lists softmax.py and conv2d.py."),
        (RECEIPT, "receipt.json", "'receipt.json' is neither a folder nor an archive such as .zip"),
        ("other.txt", ARCHIVE, "The receipt lists 'relu', and this course has no such exercise"),
    ],
)
def test_what_cannot_be_compared(run: Any, handed_in: Path, receipt: str, presented: str, why: str) -> None:
    own = (handed_in / RECEIPT).read_text()
    put(handed_in / "{}.json", "{}")
    put(handed_in / "long.txt", own + "x" * MOST_BYTES)
    put(handed_in / "other.txt", own.replace("conv2d", "relu"))
    said = run("receipt", receipt, presented)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"grader: {why}")


def test_a_link_that_is_named_is_meant_and_links_in_a_folder_are_not_followed(
    run: Any, handed_in: Path
) -> None:
    (handed_in / "it.zip").symlink_to(ARCHIVE)
    assert run("receipt", RECEIPT, "it.zip").code == 0
    folder = handed_in / "linked"
    folder.mkdir()
    for name in ("softmax.py", "tools.py", "conv2d.py"):
        (folder / name).symlink_to(handed_in / name)
    assert run("receipt", RECEIPT, "linked").code == 1
