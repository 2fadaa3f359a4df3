"""`grader submit` as it is typed: tests first, then an archive and a receipt, whatever the tests say."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.errors import IsolationError
from tests.grader.cli.conftest import put

ARCHIVE = "a-course-submission.zip"
RECEIPT = "a-course-submission-receipt.txt"


class Judge:
    """Stands in for the judge: what was asked, and what comes of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.error: Exception | None = None

    def __call__(self, course: Any, jobs: Sequence[Any], deliver: Any, *, begin: Any) -> None:
        from grader.report.model import ExerciseReport
        from grader.verdicts import Verdict

        for job in jobs:
            begin(job)
            self.asked.append(job.exercise)
            if self.error is not None:
                raise self.error
            report = {"verdict": Verdict.PASSED, "score": 0, "max_score": 0, "files": (), "notes": ()}
            more = {"findings": (), "tests": (), "seconds": 0.1}
            deliver(ExerciseReport(name=job.exercise, title=job.exercise, **report, **more))


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    judge = Judge()
    monkeypatch.setattr("grader.judge.run.check_exercises", judge)
    return judge


def test_an_archive_and_a_receipt(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", "import helper\n")
    put(desk / "helper.py", "x = 1\n")
    done = run("submit")
    assert (done.code, done.err) == (0, "")
    assert judge.asked == ["softmax"]
    assert zipfile.ZipFile(desk / ARCHIVE).namelist() == ["helper.py", "softmax.py"]
    receipt = (desk / RECEIPT).read_text().splitlines()
    assert receipt[0] == "Receipt: A course"
    assert receipt[2:4] == [f"To: {ARCHIVE}", f"Size: {(desk / ARCHIVE).stat().st_size} bytes"]
    assert receipt[6].startswith("softmax: digest ")
    assert receipt[7:9] == ["  softmax.py, 14 bytes", "  helper.py, 6 bytes"]
    assert receipt[10] == "Note: Not here, so not in it: conv2d."
    lines = done.out.splitlines()
    assert lines[0] == "softmax: no tests; `grader check softmax` says more"
    assert lines[2 : 2 + len(receipt)] == receipt
    assert lines[-2:] == [f"Now hand in {ARCHIVE} where your course takes it.", f"Receipt: {RECEIPT}"]


def test_tests_that_cannot_run_stop_nothing(run: Any, desk: Path, judge: Judge) -> None:
    judge.error = IsolationError("There is no far side.")
    put(desk / "softmax.py", "x = 1\n")
    done = run("submit")
    assert done.code == 0
    assert done.out.startswith("The tests could not be run, which stops nothing: There is no far side.\n")
    assert (desk / ARCHIVE).exists()


def test_no_check_runs_none(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", "x = 1\n")
    assert run("submit", "--no-check").code == 0
    assert judge.asked == []


def test_json_is_the_receipt(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", "x = 1\n")
    document = json.loads(run("submit", "--json", "softmax").out)
    assert document["schema_version"] == 1
    assert document["exercises"][0]["files"] == [{"name": "softmax.py", "size": 6}]
    assert document["exercises"][0]["tests"] == "no tests"
    assert document["exercises"][0]["digest"][:12] in (desk / RECEIPT).read_text()
    assert document["warnings"] == ["Not here, so not in it: conv2d."]


def test_only_what_is_named_goes(run: Any, desk: Path, judge: Judge) -> None:
    for name in ("softmax", "conv2d"):
        put(desk / f"{name}.py", "x = 1\n")
    document = json.loads(run("submit", "--json", "conv2d").out)
    assert [each["name"] for each in document["exercises"]] == ["conv2d"]
    assert document["warnings"] == ["Started, but not in it: softmax."]


def test_again_replaces_nothing(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", "x = 1\n")
    run("submit")
    first = (desk / ARCHIVE).read_bytes()
    run("submit")
    put(desk / "softmax.py", "x = 2\n")
    run("submit")
    assert (desk / ARCHIVE).read_bytes() == first
    assert sorted(path.name for path in desk.glob("*.zip")) == ["a-course-submission-2.zip", ARCHIVE]
    done = run("submit", "--to", ARCHIVE)
    assert done.code == 2
    assert (
        done.err
        == f"grader: '{ARCHIVE}' is there already, and is not replaced; name another file with --to.\n"
    )
    assert judge.asked == ["softmax"] * 3


def test_a_drop_folder(run: Any, desk: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    put(desk / "softmax.py", "x = 1\n")
    (desk / "the drop").mkdir()
    done = run("submit", "--to", "the drop")
    assert (done.code, done.err) == (
        2,
        "grader: Whose work is it? Say so: grader submit --to 'the drop' --as ID.\n",
    )
    done = run("submit", "--to", "the drop", "--as", "ada")
    assert done.code == 0
    (attempt,) = (desk / "the drop" / "ada").iterdir()
    assert (attempt / "softmax.py").read_text() == "x = 1\n"
    assert f"Handed in: the drop/ada/{attempt.name}" in done.out
    assert "Student: ada" in (desk / RECEIPT).read_text()
    monkeypatch.setenv("GRADER_STUDENT", "../bob")
    assert run("submit", "--to", "the drop").code == 2


def test_a_receipt_that_cannot_be_written_is_still_said(
    run: Any, desk: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.errors import OutputError

    def refused(place: Path, content: bytes) -> Path:
        raise OutputError("'x' cannot be written (Read-only file system); name another place with --to.")

    monkeypatch.setattr("grader.desk.delivery.put_receipt", refused)
    put(desk / "softmax.py", "x = 1\n")
    (desk / "drop").mkdir()
    done = run("submit", "--to", "drop", "--as", "ada")
    assert done.code == 0
    assert "The receipt is only here: 'x' cannot be written" in done.out


def test_what_cannot_be_handed_in_is_said(run: Any, desk: Path, judge: Judge) -> None:
    for words, told in (
        ((), "There is nothing to hand in here; go to the folder with your work, or begin with"),
        (("softmax",), "There is no softmax.py or softmax.ipynb here; go to"),
        (("sofmax",), "No exercise is called 'sofmax'. Did you mean 'softmax'?"),
        (("--to", "nowhere"), "There is no folder 'nowhere'; name your course's drop folder, or an archive"),
    ):
        done = run("submit", *words)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(f"grader: {told}")
    run("start", "softmax")
    for words, told in (
        ((), "There is nothing to hand in yet: write your code into softmax/softmax.py first."),
        (("softmax",), "Nothing is filled in yet in softmax/softmax.py; write your code there first."),
    ):
        assert run("submit", *words).err == f"grader: {told}\n"
    put(desk / "softmax" / "softmax.py", "")
    assert run("submit").err.startswith("grader: There is nothing to hand in. softmax: softmax.py is empty.")
    assert judge.asked == []
    assert not list(desk.glob("*.zip"))


def test_work_in_place_is_found(run: Any, course: Path, judge: Judge) -> None:
    put(course / "exercises" / "softmax" / "softmax.py", "def softmax(x):\n    return x\n")
    document = json.loads(run("submit", "--json").out)
    assert [each["name"] for each in document["exercises"]] == ["softmax"]


@pytest.mark.slow
def test_receipt_and_report_show_the_same_digest(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real judge: a receipt, the class graded, and the twelve digits in the reports of both kinds."""
    from tests.grader.tiny import make_course

    make_course(tmp_path / "course")
    monkeypatch.setenv("GRADER_COURSE", str(tmp_path / "course"))
    put(tmp_path / "desk" / "double.py", "import helper\ndef double(x, times=2):\n    return x * times\n")
    put(tmp_path / "desk" / "helper.py", "")
    monkeypatch.chdir(tmp_path / "desk")
    (tmp_path / "class").mkdir()
    done = run("submit", "--to", tmp_path / "class" / "ada.zip", "--json")
    assert done.code == 0, done.err
    (received,) = json.loads(done.out)["exercises"]
    assert received["tests"] == "all 2 tests passed"
    (tmp_path / "class" / "ada-receipt.txt").unlink()
    done = run("grade", tmp_path / "class", "--out", tmp_path / "out", "--isolation", "process")
    assert done.code == 0, done.err
    report = json.loads((tmp_path / "out/students/ada/report.json").read_text())
    assert report["exercises"][0]["digest"] == received["digest"]
    text = (tmp_path / "out/students/ada/report.txt").read_text()
    assert f"(digest {received['digest'][:12]})" in text
