"""What is remembered of a student's evenings, and that it never stands in her way."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.course import Course, read_course
from grader.desk.progress import CheckedWork, ExerciseProgress, Progress, is_finished, progress_folder
from grader.findings import CheckFailed, Finding, NotRun
from grader.report.model import ExerciseReport, TestReport
from grader.verdicts import Blame, Verdict, Visibility, worst

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_test(verdict: Verdict, *findings: Finding) -> TestReport:
    return TestReport(
        name="test_it",
        title="It works",
        verdict=verdict,
        blame=Blame.NOBODY if verdict is Verdict.PASSED else Blame.STUDENT,
        device="cpu",
        score=0,
        max_score=0,
        visibility=Visibility.VISIBLE,
        findings=findings,
        seconds=0.1,
        output="",
    )


PASSED = a_test(Verdict.PASSED)
WRONG = a_test(Verdict.WRONG_ANSWER, CheckFailed(statement="the result is a tensor"))
NO_CUDA = a_test(Verdict.NOT_RUN, NotRun(reason="no-cuda"))
TOO_LATE = a_test(Verdict.NOT_RUN, NotRun(reason="too-many-deaths"))


def a_report(*tests: TestReport, name: str = "softmax") -> ExerciseReport:
    return ExerciseReport(
        name=name,
        title="Softmax",
        verdict=worst(test.verdict for test in tests),
        score=0,
        max_score=0,
        files=(f"{name}.py",),
        notes=(),
        findings=(),
        tests=tests,
        seconds=0.1,
    )


def kept(folder: Path) -> Path:
    return folder / ".grader" / "progress.json"


def test_what_is_noted_is_there_the_next_evening(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    assert progress.of("softmax") is None
    progress.record(a_report(PASSED, WRONG, NO_CUDA), "abc", NOON)
    progress.see_hint("softmax")
    progress.see_hint("conv2d")
    again = Progress(tmp_path)
    assert again.of("softmax") == ExerciseProgress(
        hints=1,
        last=CheckedWork(
            at=NOON, digest="abc", verdict=Verdict.WRONG_ANSWER, passed=1, tests=2, finished=False
        ),
    )
    assert again.of("conv2d") == ExerciseProgress(hints=1)
    assert (again.hints_seen("conv2d"), again.hints_seen("mlp")) == (1, 0)
    assert (again.problem, again.kept) == ("", True)


def test_an_exercise_is_finished_once_until_something_breaks(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    rounds = [(PASSED, WRONG), (PASSED, PASSED), (PASSED, PASSED), (PASSED, WRONG), (PASSED, PASSED)]
    newly = [progress.record(a_report(*tests), "", NOON) for tests in rounds]
    assert newly == [False, True, False, False, True]


@pytest.mark.parametrize(
    ("tests", "finished"),
    [
        ((PASSED,), True),
        ((PASSED, NO_CUDA), True),
        ((NO_CUDA,), False),
        ((PASSED, TOO_LATE), False),
        ((PASSED, WRONG), False),
        ((), False),
    ],
)
def test_finished_is_nothing_left_to_mend(tests: tuple[TestReport, ...], finished: bool) -> None:
    assert is_finished(a_report(*tests)) is finished


def test_a_finding_about_the_whole_is_something_to_mend() -> None:
    report = a_report(PASSED).model_copy(update={"findings": (CheckFailed(statement="it is read"),)})
    assert not is_finished(report)


def test_two_terminals_do_not_undo_each_other(tmp_path: Path) -> None:
    first, second = Progress(tmp_path), Progress(tmp_path)
    first.see_hint("softmax")
    second.record(a_report(PASSED), "abc", NOON)
    first.see_hint("softmax")
    found = Progress(tmp_path).of("softmax")
    assert found is not None
    assert found.last is not None
    assert (found.hints, found.last.digest) == (2, "abc")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"schema_version": 2}',
        b'{"exercises": {"softmax": {"hints": -1}}}',
        b'{"exercises": {"softmax": {"last": {"at": "2026-11-22T12:00:00"}}}}',
        b"[" * 100_000,
    ],
    ids=lambda content: repr(content[:30]),
)
def test_a_damaged_file_is_put_aside_and_said(tmp_path: Path, content: bytes) -> None:
    kept(tmp_path).parent.mkdir()
    kept(tmp_path).write_bytes(content)
    progress = Progress(tmp_path)
    assert progress.problem == (
        ".grader/progress.json could not be understood, so your progress is counted anew from here; "
        "what was there is now in progress.json.damaged. Your own files are as they were."
    )
    assert (tmp_path / ".grader" / "progress.json.damaged").read_bytes() == content
    progress.see_hint("softmax")
    assert Progress(tmp_path).hints_seen("softmax") == 1
    assert Progress(tmp_path).problem == ""


def test_where_nothing_can_be_written_everything_works_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    Progress(tmp_path).see_hint("softmax")
    monkeypatch.setattr(os, "replace", refuse)
    progress = Progress(tmp_path)
    assert progress.record(a_report(PASSED), "abc", NOON) is True
    progress.see_hint("softmax")
    progress.see_hint("softmax")
    assert (progress.hints_seen("softmax"), progress.kept) == (3, False)
    assert sorted(path.name for path in (tmp_path / ".grader").iterdir()) == [".gitignore", "progress.json"]
    assert Progress(tmp_path).hints_seen("softmax") == 1


def test_where_a_file_is_in_the_way_everything_works_without(tmp_path: Path) -> None:
    (tmp_path / ".grader").write_text("mine")
    progress = Progress(tmp_path)
    progress.see_hint("softmax")
    assert (progress.hints_seen("softmax"), progress.kept) == (1, False)
    assert (tmp_path / ".grader").read_text() == "mine"


def test_nothing_is_written_before_there_is_something_to_note(tmp_path: Path) -> None:
    Progress(tmp_path).of("softmax")
    assert list(tmp_path.iterdir()) == []


def test_version_control_passes_over_it(tmp_path: Path) -> None:
    Progress(tmp_path).see_hint("softmax")
    assert "*" in (tmp_path / ".grader" / ".gitignore").read_text().splitlines()
    assert json.loads(kept(tmp_path).read_text())["schema_version"] == 1


@pytest.fixture
def course(tmp_path: Path) -> Course:
    root = tmp_path / "course"
    folder = root / "exercises" / "softmax"
    folder.mkdir(parents=True)
    (root / "course.toml").write_text('name = "A course"\nexercises = ["softmax"]\n')
    (folder / "exercise.toml").write_text(
        'title = "T"\nsummary = "S"\n[[entry_points]]\nname = "f"\nsignature = "f(x)"\n'
    )
    for name in ("README.md", "softmax.py", "test_softmax.py"):
        (folder / name).write_text("")
    return read_course(root, staff=False)


def test_a_copy_of_the_course_keeps_it_at_its_root(course: Course) -> None:
    assert progress_folder(course, course.root / "exercises" / "softmax") == course.root


def test_elsewhere_it_is_kept_where_she_began(course: Course, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    (desk / "softmax" / "drafts").mkdir(parents=True)
    assert progress_folder(course, desk) == desk
    assert progress_folder(course, desk / "softmax") == desk
    Progress(desk).see_hint("softmax")
    assert progress_folder(course, desk / "softmax" / "drafts") == desk


def test_what_was_noted_at_home_does_not_hold_for_every_folder(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    Progress(tmp_path).see_hint("softmax")
    (tmp_path / "homework").mkdir()
    assert progress_folder(course, tmp_path / "homework") == tmp_path / "homework"
    assert progress_folder(course, tmp_path) == tmp_path
