"""Git clones: files in subfolders are found, what Git keeps for itself is not opened."""

import os
from pathlib import Path
from typing import Any

import pytest

from grader.findings import MissingFile, UnreadableFile
from tests.grader.submission.layouts.downloads import laid_out, main_files, read_all
from tests.grader.submission.packing import SOURCE

GIT = {"hw-ada/.git/config": b"[core]", "hw-ada/.git/softmax.py": b"# hidden"}
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\nsize 12345\n"


def clone(**files: bytes) -> dict[str, bytes]:
    return GIT | {f"hw-ada/{name}": content for name, content in files.items()}


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_file_in_a_subfolder(tmp_path: Path, kind: str) -> None:
    files = clone(**{
        "README.md": b"", "src/hw1/softmax.py": b"import tools", "src/hw1/tools.py": b"x = 1",
        "src/hw1/unused.py": b"", "src/notes.txt": b"", "data/x.csv": b"", "conv2d.py": b"# here",
        "src/conv2d.py": b"# not this one",
    })  # fmt: skip
    submissions, notes = read_all(laid_out(tmp_path, files | {"hw-bob/softmax.py": b"# bob"}, kind))
    ada = submissions["hw-ada"]
    assert main_files(submissions) == {"hw-ada": [b"import tools", b"# here"], "hw-bob": [b"# bob", None]}
    assert [file.name for file in ada.bundles[0].files] == ["softmax.py", "tools.py"]
    assert ada.bundles[0].notes == ("It was found in the folder 'src/hw1'.",)
    assert ada.notes == (
        "Not needed by any exercise, so not read: README.md, data/, src/conv2d.py, src/hw1/unused.py, "
        "src/notes.txt.",
    )
    assert notes == ()


SOURCES = {"src/softmax.py": b"# a", "lib/conv2d.py": b"# c", "data/x.csv": b""}


@pytest.mark.parametrize(
    ("around", "student"), [("", "class"), ("hw-ada/", "hw-ada"), ("class/hw-ada/", "hw-ada")]
)
def test_one_clone_in_an_archive_is_no_class_of_its_folders(
    tmp_path: Path, around: str, student: str
) -> None:
    files = {f"{around}{name}": content for name, content in SOURCES.items()}
    clone = files | {f"{around}.git/config": b"[core]"}
    submissions, notes = read_all(laid_out(tmp_path, clone, "zip"))
    assert main_files(submissions) == {student: [b"# a", b"# c"]}
    assert notes == ()


def test_without_git_folders_are_students(tmp_path: Path) -> None:
    """On disk with it too: staff may keep a class in Git."""
    assert set(read_all(laid_out(tmp_path / "a", SOURCES, "zip"))[0]) == {"src", "lib", "data"}
    kept = SOURCES | {".git/config": b"[core]"}
    assert set(read_all(laid_out(tmp_path / "b", kept, "folder"))[0]) == {"src", "lib", "data"}


def test_two_of_one_name(tmp_path: Path) -> None:
    files = clone(
        **{"a/softmax.py": b"# a", "b/softmax.py": b"# b", "Old/softmax.py": b"# old", "c/d/softmax.py": b""}
    )
    submissions, _ = read_all(laid_out(tmp_path, files, "folder"))
    assert main_files(submissions) == {"hw-ada": [b"# a", None]}
    assert submissions["hw-ada"].bundles[0].notes == (
        "It was found in the folder 'a'.",
        "Another softmax is in the folder 'b'; the one in 'a' is what counts.",
        "Another softmax is in the folder 'c/d'; the one in 'a' is what counts.",
        "Another softmax is in the folder 'Old'; the one in 'a' is what counts.",
    )


def test_a_notebook_of_another_name_in_a_subfolder(tmp_path: Path) -> None:
    files = clone(
        **{"nb/lab.ipynb": b"def softmax", "nb/draft.ipynb": b"x", "conv2d/all.ipynb": b"def conv2d"}
    )
    submissions, _ = read_all(laid_out(tmp_path, files, "folder"))
    ada = submissions["hw-ada"]
    assert main_files(submissions) == {"hw-ada": [b"def softmax", b"def conv2d"]}
    assert ada.bundles[0].notes == (
        "It was found in the folder 'nb'.",
        "There is no softmax.py or softmax.ipynb; looked for it in lab.ipynb.",
    )
    assert ada.notes == ("Not needed by any exercise, so not read: nb/draft.ipynb.",)


def test_what_is_put_aside_counts_where_there_is_no_other(tmp_path: Path) -> None:
    files = clone(**{"old/softmax.py": b"# old"})
    assert main_files(read_all(laid_out(tmp_path, files, "folder"))[0]) == {"hw-ada": [b"# old", None]}


@pytest.mark.parametrize(
    "path",
    ["venv/softmax.py", ".venv/softmax.py", "a/b/c/d/e/softmax.py", "node_modules/a/softmax.py", "x/y.py"],
)
def test_what_is_not_looked_into(tmp_path: Path, path: str) -> None:
    submissions, _ = read_all(laid_out(tmp_path, clone(**{path: SOURCE}), "folder"))
    assert isinstance(submissions["hw-ada"].bundles[0].problem, MissingFile)


def test_a_folder_that_is_no_clone_is_as_it_was(tmp_path: Path) -> None:
    submissions, _ = read_all(laid_out(tmp_path, {"ada/src/softmax.py": SOURCE}, "folder"))
    assert isinstance(submissions["ada"].bundles[0].problem, MissingFile)
    assert submissions["ada"].notes == ("Not needed by any exercise, so not read: src/.",)


def test_git_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = laid_out(tmp_path, clone(**{"src/softmax.py": SOURCE}), "folder")
    names: list[str] = []
    really = os.open

    def opening(path: Any, *args: Any, **kwargs: Any) -> int:
        names.append(os.path.basename(path))
        return really(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", opening)
    read_all(path)
    assert names == ["class", "hw-ada", "src", "softmax.py"]


def test_submodules_and_pointers(tmp_path: Path) -> None:
    files = clone(**{".gitmodules": b"[submodule]", "softmax.py": POINTER, "conv2d.ipynb": b"import data"})
    submissions, _ = read_all(laid_out(tmp_path, files, "folder"))
    (ada,) = submissions.values()
    assert ada.bundles[0].problem == UnreadableFile(
        file="softmax.py", reason="link", detail="it is a pointer of Git LFS; the file itself was not fetched"
    )
    assert ada.notes == (
        "It is a Git clone with submodules: of those only what was fetched along can be read.",
    )


def test_a_pointer_among_modules_is_said(tmp_path: Path) -> None:
    files = clone(**{"softmax.py": b"import tools", "tools.py": POINTER, "conv2d.py": b"#" + POINTER})
    submissions, _ = read_all(laid_out(tmp_path, files, "folder"))
    assert submissions["hw-ada"].notes == ("Some helper files could not go along: tools.py (a link).",)
    assert submissions["hw-ada"].bundles[1].problem is None


def test_very_many_folders_cost_little(tmp_path: Path) -> None:
    files = clone(**{f"{n:03}/x.py": b"" for n in range(300)}, **{"299/softmax.py": SOURCE})
    path = laid_out(tmp_path, files, "folder")
    before = len(os.listdir("/proc/self/fd"))
    submissions, _ = read_all(path)
    assert len(os.listdir("/proc/self/fd")) == before
    assert submissions["hw-ada"].notes[-1] == (
        "There are more than 100 folders; the rest of them were not looked into."
    )
