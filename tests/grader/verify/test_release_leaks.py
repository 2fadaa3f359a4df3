"""The release itself is judged: what of the staff's got into its bytes, however packed, is named."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course import Course, read_course
from grader.release import manifest, released, write_folder
from grader.verify.leaks import rows
from grader.verify.report import Standing
from tests.grader.tiny import COURSE, EXERCISE, HANDOUT, HIDDEN, SOLUTION, STUB, VISIBLE, make_course

LONGER = SOLUTION.replace(
    "    return x * times", "    enlarged = x.clone().mul(times)\n    return enlarged.sum(0)"
)
DATA = "exercises/double/data/"
STAFF = {
    "reference/double/solution.py": LONGER,
    "grades.csv": "student,double\nstudent-01,3\nstudent-02,4\n",
    "submissions/student-01/double.py": "def double(x, times=2):\n    return times * x\n",
    "submissions/student-02/double.py": STUB,
}
WHOLE = COURSE + (
    "# Nobody notices that test four is easy.\n"
    'sample = {submissions = "submissions", gradebook = "grades.csv"}\n'
    "due = {default = 2026-11-01T23:59:00Z}\n"
    "extensions = {zoe = {days = 3}, student-07 = {days = 3}}\n"
)


def notebook(text: str) -> bytes:
    lines = text.splitlines(keepends=True)
    return json.dumps({"cells": [{"cell_type": "code", "source": lines}], "nbformat": 4}).encode()


def packed(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep/inside.txt", text)
    return buffer.getvalue()


def course_of(folder: Path, more: dict[str, Any]) -> Course:
    texts = {name: text for name, text in more.items() if isinstance(text, str)}
    for name, content in more.items():
        if isinstance(content, bytes):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return make_course(folder, **{**STAFF, "course.toml": WHOLE, **texts})


def said(course: Course) -> list[str]:
    found = rows(course, course.exercises[0])
    return [row.sentence for row in found if row.standing is Standing.FAILS]


def test_the_whole_course_holds_nothing_of_it(tmp_path: Path) -> None:
    more = {
        DATA + "x.csv.gz": gzip.compress(b"1,2\n" * 99),
        DATA + "x.zip": packed("1,2\n"),
        DATA + "broken.gz": b"\x1f\x8b\x08nothing",
        DATA + "broken.zip": b"PK\x03\x04nothing",
        DATA + "x.ipynb": b"{no json",
        DATA + "picture.png": bytes(range(256)),
        DATA + "zoe.txt": "The zoe of the Greeks is life.\n",
    }
    assert said(course_of(tmp_path, more)) == []


LEAKS = {
    "a copied reference": (DATA + "x.py", LONGER, "a copy of reference/double/solution.py"),
    "a copied gradebook": (DATA + "x.csv", STAFF["grades.csv"], "a copy of grades.csv"),
    "a student's work": (
        DATA + "x.py",
        STAFF["submissions/student-01/double.py"],
        "a copy of submissions/student-01/double.py",
    ),
    "copied hidden tests": ("exercises/data/x.py", HIDDEN, "a copy of tests/hidden/test_double.py"),
    "a reference in data": (DATA + "x.txt", f"# old\n{LONGER}", "code of reference/double/solution.py"),
    "a reference in a gz": (
        DATA + "x.gz",
        gzip.compress(f"# old\n{LONGER}".encode()),
        "code of reference/double/solution.py",
    ),
    "a reference in a zip": (DATA + "x.bin", packed(LONGER), "code of reference/double/solution.py"),
    "a reference in a notebook": (DATA + "x.ipynb", notebook(LONGER), "code of reference/double/solution.py"),
    "a reference in a zipped notebook": (
        DATA + "x.ipynb.gz",
        gzip.compress(notebook(LONGER)),
        "code of reference/double/solution.py",
    ),
    "the secret among bytes": (
        DATA + "x.pt",
        b"\xff\xfe a secret \x00",
        "the secret of reference/secret.txt",
    ),
    "the secret in shared data": ("exercises/data/x", "a secret", "the secret of reference/secret.txt"),
    "the secret in a handout": (
        "exercises/double/README.md",
        f"{HANDOUT}\na secret\n",
        "the secret of reference/secret.txt",
    ),
    "a hidden test in data": (
        DATA + "x.md",
        "test_refuses_text",
        "the name of a hidden test of tests/hidden",
    ),
    "a student in data": (DATA + "x.md", "As student-07 asked", "the name of a student of course.toml"),
    "a student in a title": (
        "exercises/double/exercise.toml",
        EXERCISE.replace("Double", "Double, with zoe"),
        "the name of a student of course.toml",
    ),
    "a student in the course's name": (
        "course.toml",
        WHOLE.replace("Tiny course", "Tiny course (zoe: Friday)"),
        "the name of a student of course.toml: 'zoe'",
    ),
}


@pytest.mark.parametrize(("file", "content", "told"), LEAKS.values(), ids=LEAKS)
def test_what_is_the_staffs_is_found_wherever_it_is(
    tmp_path: Path, file: str, content: str | bytes, told: str
) -> None:
    leaks = said(course_of(tmp_path, {file: content}))
    assert any(each.startswith(f"{file}, which students get, holds {told}") for each in leaks), leaks


def with_extensions(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(manifest, "KEPT", (*manifest.KEPT, "extensions"))
    return "the key of course.toml: 'extensions'"


def with_the_secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(manifest, "KEPT", (*manifest.KEPT, "secret"))
    return "the key of course.toml: 'secret'"


def with_the_sample(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(manifest, "KEPT", (*manifest.KEPT, "sample"))
    return "the key of course.toml: 'sample'"


def with_comments(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(manifest, "HEADER", "# Nobody notices that test four is easy.\n")
    return "a comment of course.toml: 'Nobody notices that test four is easy.'"


@pytest.mark.parametrize("spoil", [with_extensions, with_the_secret, with_the_sample, with_comments])
def test_a_builder_that_hands_out_too_much_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[pytest.MonkeyPatch], str]
) -> None:
    course = course_of(tmp_path, {})
    told = spoil(monkeypatch)
    assert f"course.toml, which students get, holds {told}" in said(course)


def test_each_piece_is_told_of_once(tmp_path: Path) -> None:
    second = {
        "exercises/half/exercise.toml": EXERCISE.replace("double", "half"),
        "exercises/half/README.md": HANDOUT,
        "exercises/half/half.py": STUB.replace("double", "half"),
        "exercises/half/test_half.py": VISIBLE,
        "exercises/half/data/x": "student-07",
        "exercises/data/x": "a secret",
    }
    changed = {**second, "course.toml": WHOLE.replace('["double"]', '["double", "half"]')}
    course = course_of(tmp_path, changed)
    found = [(row.exercise, row.what) for each in course.exercises for row in rows(course, each) if row.file]
    assert found == [("double", "exercises/data/x"), ("half", "exercises/half/data/x")]


def test_the_bytes_are_judged_that_are_handed_over(tmp_path: Path) -> None:
    course = course_of(tmp_path, {})
    files = released(course, "git+https://example.org/?token=student-07")
    (row,) = rows(course, course.exercises[0], files)
    assert row.sentence.startswith(
        "README.md, which students get, holds the name of a student of course.toml"
    )
    assert (row.file, row.line) == ("course.toml", None)


def test_a_release_can_be_released_again(tmp_path: Path) -> None:
    write_folder(released(course_of(tmp_path / "course", {})), tmp_path / "release")
    again = read_course(tmp_path / "release", staff=True)
    assert said(again) == []
    assert [file.content for file in released(again)] == [
        (tmp_path / "release" / file.path).read_bytes() for file in released(again)
    ]
