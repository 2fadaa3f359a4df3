"""`grader check`: which file is checked as what, and how it ends. The judge itself is tested elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from grader.findings import CheckFailed, Finding, GraderFault, NotRun
from grader.report.model import ExerciseReport, TestReport
from grader.verdicts import Blame, Verdict, Visibility, worst

MINE = "def f(x):\n    return x\n"


def a_test(verdict: Verdict, blame: Blame = Blame.STUDENT, *findings: Finding) -> TestReport:
    return TestReport(
        name="test_it",
        title="It works",
        verdict=verdict,
        blame=blame,
        device="cpu",
        score=0,
        max_score=0,
        visibility=Visibility.VISIBLE,
        findings=findings,
        seconds=0.1,
        output="",
    )


PASSED = a_test(Verdict.PASSED, Blame.NOBODY)
WRONG = a_test(Verdict.WRONG_ANSWER, Blame.STUDENT, CheckFailed(statement="the result is a tensor"))
NO_CUDA = a_test(Verdict.NOT_RUN, Blame.NOBODY, NotRun(reason="no-cuda"))
SKIPPED = a_test(Verdict.NOT_RUN, Blame.NOBODY, NotRun(reason="too-many-deaths"))
BROKEN = a_test(Verdict.ERROR, Blame.GRADER, GraderFault(detail="secret detail"))


class Judge:
    """In the place of the judge: notes what it was given, and answers with the tests it was told."""

    def __init__(self) -> None:
        self.tests: tuple[TestReport, ...] = (PASSED,)
        self.tests_of: dict[str, tuple[TestReport, ...]] = {}
        self.calls: list[dict[str, Any]] = []

    def __call__(
        self, course: Any, jobs: Any, deliver: Any, *, begin: Any = None, device: str = "cpu"
    ) -> None:
        for job in jobs:
            exercise = course.exercise(job.exercise)
            begin(job)
            self.calls.append({"job": job, "bundle": job.bundle, "course": course, "device": device})
            tests = self.tests_of.get(job.exercise, self.tests)
            deliver(
                ExerciseReport(
                    name=exercise.name,
                    title=exercise.title,
                    verdict=worst(test.verdict for test in tests),
                    score=0,
                    max_score=0,
                    files=job.bundle.main,
                    notes=job.bundle.notes,
                    findings=(),
                    tests=tests,
                    seconds=0.1,
                )
            )

    @property
    def checked(self) -> list[tuple[str, bytes]]:
        return [(call["job"].exercise, call["bundle"].files[0].content) for call in self.calls]


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    replaced = Judge()
    monkeypatch.setattr("grader.judge.run.check_exercises", replaced)
    return replaced


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


# --- which file -----------------------------------------------------------------


@pytest.mark.parametrize("place", ["softmax.py", "softmax/softmax.py", "softmax/softmax.ipynb"])
def test_an_exercise_is_found_where_people_keep_it(run: Any, desk: Path, judge: Judge, place: str) -> None:
    put(desk / place, place)
    assert run("check", "softmax").code == 0
    assert judge.checked == [("softmax", place.encode())]


def test_a_started_file_comes_before_an_untouched_one(run: Any, desk: Path, judge: Judge) -> None:
    run("start", "softmax")
    (desk / "softmax" / "softmax.py").rename(desk / "softmax.py")
    put(desk / "softmax" / "softmax.ipynb", "mine")
    run("check", "softmax")
    assert judge.checked == [("softmax", b"mine")]


def test_an_untouched_stub_is_checked_when_it_is_named(run: Any, desk: Path, judge: Judge) -> None:
    run("start", "softmax")
    run("check", "softmax")
    assert [name for name, _ in judge.checked] == ["softmax"]


def test_in_place(run: Any, course: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    put(course / "exercises/conv2d/conv2d.py", MINE)
    assert run("check").code == 0
    monkeypatch.chdir(course / "exercises" / "conv2d")
    assert run("check").code == 0
    assert run("check", "conv2d").code == 0
    assert judge.checked == [("conv2d", MINE.encode())] * 3


def test_nothing_named_checks_everything_started(run: Any, desk: Path, judge: Judge) -> None:
    run("start")
    put(desk / "conv2d" / "conv2d.py", "mine")
    put(desk / "softmax.py", "mine too")
    assert run("check").code == 0
    assert judge.checked == [("softmax", b"mine too"), ("conv2d", b"mine")]


def test_a_file_says_by_its_name_or_folder_what_it_is(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "old" / "softmax.py", "a")
    put(desk / "conv2d" / "try2.py", "b")
    put(desk / "draft.py", "c")
    assert run("check", "old/softmax.py").code == 0
    assert run("check", "conv2d/try2.py").code == 0
    assert run("check", "draft.py", "--as", "softmax").code == 0
    assert judge.checked == [("softmax", b"a"), ("conv2d", b"b"), ("softmax", b"c")]
    assert judge.calls[1]["bundle"].main == ("try2.py",)


def test_companions_go_along_when_they_are_started(run: Any, course: Path, desk: Path, judge: Judge) -> None:
    toml = course / "exercises/softmax/exercise.toml"
    toml.write_text('companions = ["conv2d"]\n' + toml.read_text())
    run("start")
    put(desk / "softmax" / "softmax.py", "mine")
    run("check", "softmax")
    assert judge.calls[-1]["job"].companions == ()
    put(desk / "conv2d" / "conv2d.py", "also mine")
    for what in ("softmax", "softmax/softmax.py"):
        run("check", what)
        (companion,) = judge.calls[-1]["job"].companions
        assert (companion.exercise, companion.files[0].content) == ("conv2d", b"also mine")


def test_options_reach_the_judge_and_nothing_of_the_staffs_does(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", MINE)
    run("check", "softmax", "--device", "all", "--seed", "7")
    call = judge.calls[0]
    assert (call["device"], call["job"].secret) == ("all", "check 7")
    assert call["course"].secret is None
    assert [each.hidden_tests for each in call["course"].exercises] == [None, None]


SAID = [
    (
        [],
        "No exercise is started here; begin with `grader start softmax`, or name one: grader check softmax.",
    ),
    (["softmax"], "There is no softmax.py here; get it with `grader start softmax`, or name your file: "),
    (["conv2d"], "There is no conv2d.py here, but a 'Conv2D.py'; rename it to conv2d.py."),
    (["sofmax"], "No exercise is called 'sofmax'. Did you mean 'softmax'? This course has: softmax, conv2d."),
    (["Conv2D.txt"], "'Conv2D.txt' is neither an exercise nor a .py or .ipynb file."),
    (["nowhere.py"], "There is no file 'nowhere.py'."),
    (["mine.py"], "Which exercise is 'mine.py'? Say so: grader check mine.py --as EXERCISE, where"),
    (["Conv2D.py", "--as", "conv"], "No exercise is called 'conv'. Did you mean 'conv2d'?"),
    (
        ["--as", "softmax"],
        "--as says which exercise a file is; name the file: grader check FILE --as EXERCISE.",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), SAID, ids=lambda each: str(each)[:30])
def test_what_cannot_be_checked_is_one_sentence(
    run: Any, desk: Path, judge: Judge, arguments: list[str], sentence: str
) -> None:
    put(desk / "Conv2D.py", MINE)
    put(desk / "Conv2D.txt", MINE)
    put(desk / "mine.py", MINE)
    said = run("check", *arguments)
    assert (said.code, said.out, judge.calls) == (2, "", [])
    assert said.err.startswith(f"grader: {sentence}")
    assert said.err.count("\n") == 1


# --- how it ends ----------------------------------------------------------------

ENDS = [
    ((PASSED,), 0),
    ((PASSED, NO_CUDA), 0),
    ((PASSED, WRONG), 1),
    ((PASSED, SKIPPED), 1),
    ((NO_CUDA,), 1),
    ((), 1),
    ((PASSED, BROKEN), 2),
    ((WRONG, BROKEN), 2),
]


@pytest.mark.parametrize(("tests", "code"), ENDS, ids=range(len(ENDS)))
def test_the_exit_code_says_what_there_is_to_do(
    run: Any, desk: Path, judge: Judge, tests: tuple[TestReport, ...], code: int
) -> None:
    put(desk / "softmax.py", MINE)
    judge.tests = tests
    assert run("check", "softmax").code == code


def test_the_report_is_printed(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", MINE)
    put(desk / "conv2d.py", MINE)
    judge.tests = (PASSED, WRONG)
    said = run("check")
    assert said.err == ""
    assert "softmax: The title of softmax" in said.out
    assert "conv2d: The title of conv2d" in said.out
    assert "1 of 2 tests passed" in said.out
    assert "the result is a tensor" in said.out
    assert "passed: It works" in run("check", "conv2d").out, "of one alone each test gets a line"


def test_json_is_one_document(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", MINE)
    put(desk / "conv2d.py", MINE)
    judge.tests = (BROKEN, WRONG)
    said = run("check", "--json")
    document = json.loads(said.out)
    assert (said.code, document["ok"], document["schema_version"]) == (2, False, 1)
    reports = [ExerciseReport.model_validate(each) for each in document["exercises"]]
    assert [report.name for report in reports] == ["softmax", "conv2d"]
    assert "secret detail" not in said.out
    judge.tests = (PASSED,)
    assert json.loads(run("check", "--json").out)["ok"] is True


def test_a_file_that_is_not_there_is_said(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", MINE)
    said = run("check", "sofmax.py", "--as", "softmax")
    assert (said.code, said.err) == (2, "grader: There is no file 'sofmax.py'. Did you mean 'softmax.py'?\n")
    said = run("check", "nowhere/softmax.py")
    assert (said.code, said.err) == (2, "grader: There is no file 'nowhere/softmax.py'.\n")
    (desk / "conv2d.py").symlink_to("nothing")
    run("check", "conv2d.py")
    assert judge.calls[0]["bundle"].problem.code == "unreadable-file"


def test_a_folder_of_an_exercise_is_as_good_as_its_name(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax" / "softmax.py", MINE)
    assert run("check", "softmax/").code == 0
    assert judge.calls[0]["bundle"].main == ("softmax.py",)


def test_after_start_the_stub_is_named(run: Any, desk: Path, judge: Judge) -> None:
    run("start", "conv2d")
    said = run("check")
    assert said.code == 2
    assert said.err == (
        "grader: Nothing is filled in yet: write your code into conv2d/conv2d.py, and check again.\n"
    )
    assert run("list").out.endswith("\nNext: conv2d. Fill in conv2d/conv2d.py, then `grader check conv2d`.\n")


# --- what is said, and what is remembered ----------------------------------------


def test_an_evening(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", MINE)
    judge.tests_of["softmax"] = (PASSED, WRONG)
    assert run("check").out.endswith("\nNext: go on with softmax, then `grader check softmax` again.\n")
    assert json.loads(run("status", "--json").out)["exercises"][0]["passed"] == 1
    judge.tests_of["softmax"] = (PASSED, PASSED)
    said = run("check").out
    assert "softmax is finished, 1 of 2 now. Well done!" in said
    assert said.endswith("\nNext: conv2d. Get it with `grader start conv2d`.\n")
    assert "Well done" not in run("check").out, "once is enough"
    put(desk / "conv2d.py", MINE)
    said = run("check").out
    assert said == (
        "softmax: all 2 tests passed\n"
        "conv2d: the one test passed\n"
        "conv2d is finished, and with it the whole course. Congratulations!\n"
        "\nAll 2 exercises are finished. Hand in with `grader submit`.\n"
    )


def test_plain_is_one_thing_a_line(
    run: Any, desk: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk / "softmax.py", MINE)
    judge.tests = (PASSED, WRONG)
    plain = run("check", "--plain").out
    assert plain.splitlines()[:2] == ["softmax: The title of softmax", "verdict: wrong answer"]
    assert "  " not in plain
    monkeypatch.setenv("GRADER_PLAIN", "1")
    assert run("check").out == plain


def test_where_files_lie_is_said_when_it_is_not_plain_to_see(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", MINE)
    put(desk / "conv2d" / "conv2d.py", MINE)
    assert run("check").out.startswith("Found softmax.py and conv2d/conv2d.py.\n")
    put(desk / "softmax" / "softmax.py", "more\n")
    sentence = "softmax is there more than once: softmax.py counts, not softmax/softmax.py."
    assert run("check").out.splitlines()[1] == sentence
    assert run("check", "softmax").out.startswith(sentence)


def test_a_notebook_of_any_name_is_all_that_it_defines(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "homework.ipynb", '["def softmax(x):\\n", "conv2d = 1\\n"]')
    assert run("check").out.startswith("Found homework.ipynb with softmax and conv2d.\n")
    assert run("check", "homework.ipynb").code == 0
    assert [name for name, _ in judge.checked] == ["softmax", "conv2d"] * 2


def test_a_folder_is_looked_into(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "week1" / "softmax.py", MINE)
    assert run("check", "week1").code == 0
    assert judge.checked == [("softmax", MINE.encode())]
    said = run("check", "desk/")
    assert (said.code, said.err) == (2, "grader: There is no file or folder 'desk'.\n")
    (desk / "empty").mkdir()
    said = run("check", "empty")
    assert said.err.startswith("grader: No exercise is started in 'empty'; begin with `grader start softmax`")
    put(desk / "empty" / "plots.ipynb", "[]")
    assert run("check", "empty").err == (
        "grader: Nothing in 'empty' is an exercise: plots.ipynb has none of softmax and conv2d; "
        "get the first one with `grader start softmax`.\n"
    )


def test_in_the_folder_of_an_exercise_it_is_that_one(
    run: Any, desk: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("softmax", "conv2d"):
        put(desk / name / f"{name}.py", MINE)
    monkeypatch.chdir(desk / "conv2d")
    run("check")
    assert [name for name, _ in judge.checked] == ["conv2d"]
    run("check", "softmax")
    assert [name for name, _ in judge.checked] == ["conv2d", "softmax"]
    assert (desk / ".grader").is_dir(), "both are remembered in one place"


def test_what_is_not_her_own_is_not_remembered(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", MINE)
    put(desk / "drafts" / "softmax.py", "draft\n")
    said = run("check", "drafts/softmax.py").out
    assert "Next:" not in said
    assert "Well done" not in said
    assert not (desk / ".grader").exists()
    run("check", "softmax.py")
    assert (desk / ".grader").is_dir()


def test_a_fault_of_ours_is_not_remembered(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", MINE)
    judge.tests = (PASSED, BROKEN)
    said = run("check")
    assert (said.code, "Next:" in said.out, (desk / ".grader").exists()) == (2, False, False)


def test_nothing_stands_in_the_way_where_nothing_can_be_written(run: Any, desk: Path, judge: Judge) -> None:
    put(desk / "softmax.py", MINE)
    put(desk / ".grader", "in the way")
    said = run("check")
    assert (said.code, said.err) == (0, "")
    assert "Well done" in said.out


def test_it_fits_eighty_columns_without_colour(run: Any, desk: Path, judge: Judge) -> None:
    for name in ("softmax", "conv2d"):
        put(desk / name / f"{name}.py", MINE)
    judge.tests_of["conv2d"] = (PASSED, WRONG)
    said = run("check").out
    assert max(map(len, said.splitlines())) <= 80
    assert "\x1b" not in said
