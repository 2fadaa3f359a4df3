"""What is packed is what `grade` reads of it, however it was packed and wherever it went since."""

import json
import os
import shutil
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.course import Course, read_course
from grader.desk.delivery import drop
from grader.desk.handing_in import Package, packed, pieces_of, warnings
from grader.desk.work import look_around
from grader.errors import GraderError
from grader.release.writing import SECONDS
from grader.submission import open_folder, read_submissions
from tests.grader.tiny import EXERCISE, HANDOUT, STUB, VISIBLE, make_course

NOW = datetime(2026, 11, 1, 18, 0, 0, tzinfo=UTC)
NAMES = ("double", "half", "third")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    files = {"course.toml": 'name = "Three"\nexercises = ["double", "half", "third"]\n'}
    for name in NAMES[1:]:
        manifest = EXERCISE.replace("double", name).replace("Double", name.title())
        if name == "third":
            manifest = manifest.replace("[[entry", 'companions = ["half"]\n[[entry', 1)
        files |= {
            f"exercises/{name}/exercise.toml": manifest,
            f"exercises/{name}/README.md": HANDOUT,
            f"exercises/{name}/{name}.py": STUB.replace("double", name),
            f"exercises/{name}/test_{name}.py": VISIBLE,
        }
    make_course(tmp_path / "course", **files)
    return read_course(tmp_path / "course", staff=False)


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def solution(name: str, more: str = "") -> str:
    return f"{more}\ndef {name}(x, times=2):\n    return x\n"


FLAT = {"double.py": solution("double"), "half.py": solution("half", "import helper"), "helper.py": "x = 1\n"}
APART = {
    "double/double.py": solution("double", "import helper"),
    "double/helper.py": "x = 2\n",
    "half/half.py": solution("half", "import helper\nimport double"),
    "half/helper.py": "x = 1\n",
    "half/double.py": "an older one",
}
SHARED = {
    "evening.ipynb": notebook(solution("double"), solution("third")),
    "half.ipynb": notebook(solution("half")),
}
MIXED = APART | {"notes.ipynb": notebook("import common\n" + solution("third")), "common.py": "y = 1\n"}
CHOOSING = {
    "double/double.py": solution("double", "import glob"),
    "double/a.py": "",
    "half/half.py": solution("half"),
    "half/b.py": "x = 1\n",
}
LAYOUTS = {"flat": FLAT, "apart": APART, "shared notebooks": SHARED, "mixed": MIXED, "all along": CHOOSING}


def lay_out(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def pack(course: Course, here: Path) -> tuple[Package, dict[str, str], list[str]]:
    """The package, the digests of what was checked, and the warnings."""
    around = look_around(course, here)
    pieces, unreadable = pieces_of(course, around.works, here)
    package = packed(course, pieces)
    told = [*unreadable, *warnings(course, around, around.works, pieces, package, here)]
    return package, {each.bundle.exercise: each.bundle.digest for each in pieces}, told


def digests(course: Course, submissions: Path) -> dict[str, str]:
    """What `grade` reads there, of the one student."""
    (submission,) = read_submissions(submissions, course.names, course.entry_points)
    return {bundle.exercise: bundle.digest for bundle in submission.bundles if bundle.problem is None}


@pytest.mark.parametrize("files", LAYOUTS.values(), ids=LAYOUTS)
def test_the_same_is_read_whatever_became_of_the_archive(
    course: Course, tmp_path: Path, files: dict[str, str]
) -> None:
    package, checked, _ = pack(course, lay_out(tmp_path / "desk", files))
    told = {bundle.exercise: bundle.digest for bundle in package.read}
    assert told == checked
    assert len(told) >= 2
    assert all(len(digest) == 64 for digest in told.values())

    archives = tmp_path / "archives"
    archives.mkdir()
    (archives / "ada.zip").write_bytes(package.archive)
    assert digests(course, archives) == told

    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(archives / "ada.zip") as archive:
        archive.extractall(unpacked / "ada")
    assert digests(course, unpacked) == told

    renamed = tmp_path / "canvas"
    renamed.mkdir()
    shutil.copy(archives / "ada.zip", renamed / "lovelaceada_1234_56789_three-submission.zip")
    assert digests(course, renamed) == told

    nested = tmp_path / "nested"
    (nested / "ada").mkdir(parents=True)
    shutil.copy(archives / "ada.zip", nested / "ada" / "three-submission-2.zip")
    assert digests(course, nested) == told

    with tarfile.open(tmp_path / "class.tar.gz", "w:gz") as tar:
        tar.add(unpacked / "ada", "ada")
    assert digests(course, tmp_path / "class.tar.gz") == told


@pytest.mark.parametrize("files", LAYOUTS.values(), ids=LAYOUTS)
def test_a_drop_folder_is_read_as_it_is(course: Course, tmp_path: Path, files: dict[str, str]) -> None:
    package, _, _ = pack(course, lay_out(tmp_path / "desk", files))
    (tmp_path / "drop").mkdir()
    first = drop(package.files, tmp_path / "drop", "ada", NOW)
    second = drop(package.files, tmp_path / "drop", "ada", NOW)
    assert [each.name for each in (first, second)] == ["2026-11-01T18-00-00Z", "2026-11-01T18-00-01Z"]
    told = {bundle.exercise: bundle.digest for bundle in package.read}
    assert digests(course, tmp_path / "drop") == told
    with open_folder(tmp_path / "drop", course.names, course.entry_points) as found:
        attempts = found.read("ada")
    assert [attempt.attempt for attempt in attempts] == [first.name, second.name]
    assert {bundle.submitted for bundle in attempts[0].bundles if bundle.problem is None} == {NOW}


def test_an_archive_is_flat_where_it_can_be(course: Course, tmp_path: Path) -> None:
    assert sorted(pack(course, lay_out(tmp_path / "a", FLAT))[0].files) == [
        "double.py",
        "half.py",
        "helper.py",
    ]
    assert "half/helper.py" in pack(course, lay_out(tmp_path / "b", APART))[0].files
    # Side by side, the one that looks around would find the other's modules.
    assert "double/a.py" in pack(course, lay_out(tmp_path / "c", CHOOSING))[0].files


def test_the_same_files_make_the_same_archive(course: Course, tmp_path: Path) -> None:
    first, _, _ = pack(course, lay_out(tmp_path / "a", MIXED))
    second, _, _ = pack(course, lay_out(tmp_path / "somewhere else", dict(reversed(MIXED.items()))))
    assert first.archive == second.archive


def test_notebooks_that_speak_of_each_other_are_both_read(course: Course, tmp_path: Path) -> None:
    files = {"a.ipynb": notebook(solution("double")), "b.ipynb": notebook(solution("half"), "double = 3")}
    package, _, told = pack(course, lay_out(tmp_path / "desk", files))
    assert [[file.name for file in bundle.files] for bundle in package.read] == [
        ["a.ipynb", "b.ipynb"],
        ["b.ipynb"],
    ]
    assert told == ["Not here, so not in it: third."]


def test_what_is_missing_or_left_out_is_said(course: Course, tmp_path: Path) -> None:
    files = {
        "double/double.py": solution("double"),
        "double/draft.py": "",
        "double.py": STUB,
        "third.py": solution("third"),
        "half (1).py": "",
    }
    _, _, told = pack(course, lay_out(tmp_path / "desk", files))
    assert told == [
        "Is 'half (1).py' your half? Then rename it to half.py, and submit again.",
        "Not here, so not in it: half.",
        "Some tests of third need half too, which is not in it.",
        "Not in it, because no exercise needs it: half (1).py and double/draft.py.",
    ]


def test_an_untouched_stub_is_said(course: Course, tmp_path: Path) -> None:
    stub = course.exercise("half").stub.read_text()
    files = {"double.py": solution("double"), "half.py": stub, "third.py": solution("third")}
    package, _, told = pack(course, lay_out(tmp_path / "desk", files))
    assert "half is not in it: nothing is filled in yet in half.py." in told
    assert sorted(package.files) == ["double.py", "third.py"]


def test_what_cannot_be_read_is_said_and_the_rest_goes(course: Course, tmp_path: Path) -> None:
    here = lay_out(tmp_path / "desk", {"double.py": solution("double"), "half.py": ""})
    (here / "third.py").write_bytes(b"#" * (6 << 20))
    package, checked, told = pack(course, here)
    assert list(checked) == ["double"]
    assert sorted(package.files) == ["double.py"]
    assert told[0].startswith("half: half.py is empty.")
    assert told[1].startswith("third: third.py is too large")


def test_a_large_archive_is_said(course: Course, tmp_path: Path) -> None:
    files = {f"{name}.ipynb": notebook(solution(name), "x" * (4 << 20)) for name in NAMES}
    _, _, told = pack(course, lay_out(tmp_path / "desk", files))
    assert told == [
        "It has 12 MiB, and many platforms take no more than 10: clear the outputs of your notebooks "
        "if yours refuses it."
    ]


def test_an_archive_that_is_not_read_is_never_handed_in(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.desk.handing_in._flat", lambda pieces: None)
    monkeypatch.setattr("grader.desk.handing_in._in_folders", lambda pieces: {"other.py": b"x = 1\n"})
    with pytest.raises(GraderError, match=r"would not be read"):
        pack(course, lay_out(tmp_path / "desk", FLAT))


def test_the_date_of_every_archive_says_nothing_of_when_it_was_handed_in(
    course: Course, tmp_path: Path
) -> None:
    """Files have the first date that a zip can hold: unpacked by staff they must not pass for in time."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.zip").write_bytes(pack(course, lay_out(tmp_path / "desk", FLAT))[0].archive)
    shutil.unpack_archive(tmp_path / "class" / "ada.zip", tmp_path / "class" / "bob")
    for path in (tmp_path / "class" / "bob").iterdir():
        os.utime(path, (SECONDS, SECONDS))
    os.utime(tmp_path / "class" / "ada.zip", (NOW.timestamp(), NOW.timestamp()))
    with open_folder(tmp_path / "class", course.names, course.entry_points, file_dates=True) as found:
        times = {student: found.read(student)[-1].bundles[0].submitted for student in found.students}
    assert times == {"ada": NOW, "bob": None}
