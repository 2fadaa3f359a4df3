"""Work on which points hang: a row of results like a test's, the same for everybody."""

import pytest
import torch

from grader.course import read_course
from grader.diagnosis.efficiency import Measured
from grader.errors import CourseError
from grader.findings import Crashed, GraderFault, MissingFile, TimedOut, TooMuchWork
from grader.judge.job import Job
from grader.judge.plugin import JudgePlugin
from grader.judge.session import serve
from grader.judge.staff import program_bundle
from grader.judge.work import decided, outcome_of
from grader.report.examples import EFFICIENCY, EXAMPLES
from grader.student.proxy import StudentFailed
from grader.submission import Bundle
from grader.verdicts import Blame, Verdict, Visibility
from tests.grader.tiny import EXERCISE, SOLUTION, STUB, make_course
from tests.repo.test_course import ROOT

TABLE = '[efficiency.double]\nstart = { N = 7 }\nsizes = ["N"]\nway = "at once"\n'

GROWTH = '''
"""Calls of double of a given size."""
import torch

def double(size):
    """A vector."""
    return torch.ones(size["N"]), 3
'''

REFUSES = "    if isinstance(x, str): raise TypeError\n"


def program(*lines):
    return "import torch, time\ndef double(x, times=2):\n" + REFUSES + "".join(f"    {it}\n" for it in lines)


LOOP = program("return torch.stack([value * times for value in x.flatten()]).reshape(x.shape)")


def course_of(folder, table, growth=GROWTH):
    files = {"exercises/double/exercise.toml": f"{EXERCISE}\n{table}"}
    return make_course(folder, **files, **({"reference/double/growth.py": growth} if growth else {}))


@pytest.fixture(scope="module")
def worth(tmp_path_factory):
    """The tiny course, in which work is worth two points beside the six of the tests."""
    return course_of(tmp_path_factory.mktemp("worth"), f"{TABLE}points = 2\n")


@pytest.fixture(scope="module")
def informs(tmp_path_factory):
    """The tiny course, in which work is told of."""
    return course_of(tmp_path_factory.mktemp("informs"), TABLE)


def judged(course, name, bundle, zygote):
    jobs, reports = [Job("ada", name, bundle, secret="s"), None], []
    plugin = JudgePlugin(course, Visibility.HIDDEN, ("cpu",), zygote, lambda: jobs.pop(0), reports.append)
    serve(plugin, [course.exercise(name).hidden_tests], course.root)
    return reports


def work_in(report):
    (row,) = [test for test in report.tests if test.name == "efficiency_double"]
    return row


def test_right_code_without_loops_has_the_points(judge, worth):
    report = judge(SOLUTION, course=worth)
    row = report.tests[-1]
    assert (row.name, row.title) == ("efficiency_double", "double does no more work than it needs")
    assert (row.verdict, row.visibility, row.device) == (Verdict.PASSED, Visibility.HIDDEN, "cpu")
    assert (row.score, row.max_score, report.score, report.max_score) == (2, 2, 8, 8)
    assert (report.verdict, report.counted, report.efficiency) == (Verdict.PASSED, ("double",), ())


def test_right_code_with_a_loop_loses_them_and_nothing_else(judge, worth):
    report = judge(LOOP, course=worth)
    row = work_in(report)
    assert (row.verdict, row.blame, row.score) == (Verdict.TOO_MUCH_WORK, Blame.STUDENT, 0)
    assert (report.verdict, report.score, report.max_score) == (Verdict.TOO_MUCH_WORK, 6, 8)
    (finding,) = row.findings
    assert (finding.code, finding.work.growth[0].yours, finding.work.way) == ("too-much-work", "N", "at once")
    assert report.efficiency == (), "it is said once"


def test_without_points_it_is_told_and_costs_nothing(judge, informs):
    report = judge(LOOP, course=informs)
    assert (report.verdict, report.score, report.max_score) == (Verdict.PASSED, 6, 6)
    assert [each.growth[0].yours for each in report.efficiency] == ["N"]
    assert report.counted == ("double",)
    assert not [test for test in report.tests if test.name.startswith("efficiency")]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (STUB, "tests-failed"),
        (program("return x * 2"), "tests-failed"),
        (program("import os; os._exit(3)"), "tests-failed"),
        ("this is no Python", "did-not-load"),
        ("def doubled(x): pass", "did-not-load"),
    ],
)
def test_what_is_not_right_has_the_row_too_and_it_is_not_run(judge, worth, source, reason):
    report = judge(source, course=worth)
    row = work_in(report)
    assert (row.verdict, row.blame, row.score, row.max_score) == (Verdict.NOT_RUN, Blame.NOBODY, 0, 2)
    assert [finding.reason for finding in row.findings] == [reason]
    assert (report.max_score, report.counted, report.efficiency) == (8, (), ())


def test_what_is_missing_has_the_row_too(zygote, worth):
    nothing = Bundle("double", (), (), (), MissingFile(expected=("double.py",)))
    (report,) = judged(worth, "double", nothing, zygote)
    assert (report.verdict, report.score, report.max_score) == (Verdict.MISSING, 0, 8)
    assert [finding.reason for finding in work_in(report).findings] == ["did-not-load"]


def test_a_test_that_only_informs_is_not_in_its_way(judge, worth):
    report = judge(program("return (x if x.numel() > 1 else x.repeat(2)) * times"), course=worth)
    assert report.tests[-2].verdict is Verdict.WRONG_ANSWER
    assert (work_in(report).verdict, report.score) == (Verdict.PASSED, 8)


@pytest.mark.parametrize("size", [7, 14])
def test_what_cannot_be_counted_in_time_costs_nothing(judge, worth, size):
    report = judge(program(f"if x.numel() == {size}: time.sleep(9)", "return x * times"), course=worth)
    assert (work_in(report).verdict, report.score, report.counted) == (Verdict.PASSED, 8, ())


def test_a_wrong_answer_to_one_of_these_calls_is_one(judge, worth):
    report = judge(program("return x * (4 if x.numel() == 14 else times)"), course=worth)
    row = work_in(report)
    assert (row.verdict, row.blame, report.score) == (Verdict.WRONG_ANSWER, Blame.STUDENT, 6)
    assert [(finding.code, finding.call) for finding in row.findings] == [
        ("values-differ", "double(tensor[14] float32, 3)")
    ]


def test_an_exception_at_one_of_these_calls_is_the_students(judge, worth):
    report = judge(program("if x.numel() == 14: raise KeyError", "return x * times"), course=worth)
    assert (work_in(report).verdict, work_in(report).findings[0].type) == (Verdict.ERROR, "KeyError")


def test_visible_tests_have_no_such_row(judge, worth):
    report = judge(LOOP, course=worth, visibility=Visibility.VISIBLE)
    assert [test.name for test in report.tests] == ["test_example", "test_assert"]
    assert (report.max_score, report.counted) == (0, ())


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens without CUDA")
def test_there_is_a_row_for_each_device_and_an_absent_one_has_no_points(judge, worth):
    for source, most in ((SOLUTION, 8), (STUB, 0)):
        report = judge(source, course=worth, devices=("cpu", "cuda"))
        cpu, cuda = report.tests[-2:]
        assert [(row.name, row.device) for row in (cpu, cuda)] == [
            ("efficiency_double", "cpu"),
            ("efficiency_double", "cuda"),
        ]
        assert (cpu.max_score, cuda.max_score, report.score) == (2, 0, most)
        assert [finding.reason for finding in cuda.findings] == ["no-cuda"]


def test_a_course_without_growth_is_told_so(judge, tmp_path):
    with pytest.raises(CourseError, match=r"table \[efficiency\], but there is no growth\.py"):
        judge(SOLUTION, course=course_of(tmp_path, f"{TABLE}points = 2\n", growth=None))


# --- what a row comes to ----------------------------------------------------------

WASTEFUL = Measured(counted=True, told=EFFICIENCY)
WRONG = Measured(wrong=(EXAMPLES["values-differ"],))
FINE, LATE = Measured(counted=True), Measured()


def failed(finding):
    return Measured(failure=StudentFailed(finding))


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        (FINE, Verdict.PASSED),
        (LATE, None),
        (WASTEFUL, Verdict.TOO_MUCH_WORK),
        (WRONG, Verdict.WRONG_ANSWER),
        (failed(TimedOut(what="call", seconds=1)), None),
        (failed(GraderFault(detail="d")), None),
        (failed(Crashed(how="exit status 3")), Verdict.CRASHED),
    ],
)
def test_the_outcome_of_a_measurement(measured, verdict):
    outcome = outcome_of(measured)
    assert (outcome and outcome.verdict) == verdict
    assert outcome is None or (outcome.blame is Blame.STUDENT) == (verdict is not Verdict.PASSED)


@pytest.mark.parametrize(
    ("twice", "verdict", "counts"),
    [
        ([FINE], Verdict.PASSED, 1),
        ([LATE], Verdict.PASSED, 1),
        ([WASTEFUL, WASTEFUL], Verdict.TOO_MUCH_WORK, 2),
        ([WASTEFUL, FINE], Verdict.UNSTABLE, 2),
        ([WASTEFUL, LATE], Verdict.PASSED, 2),
        ([WRONG, WRONG], Verdict.WRONG_ANSWER, 2),
    ],
)
def test_it_is_counted_once_more_before_anyone_is_blamed(twice, verdict, counts):
    left = list(twice)
    outcome, first = decided(lambda: left.pop(0))
    assert (outcome.verdict, first, len(twice) - len(left)) == (verdict, twice[0], counts)


# --- an exercise of the course ------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "verdict", "lost"),
    [
        ("solution", Verdict.PASSED, 0),
        ("accepted/kernel_positions", Verdict.PASSED, 0),
        ("accepted/seven_loops", Verdict.TOO_MUCH_WORK, 3),
    ],
)
def test_conv2d_with_points_for_its_work(zygote, which, verdict, lost):
    course = read_course(ROOT, staff=True)
    plain = course.exercise("conv2d")
    spec = plain.efficiency["conv2d"].model_copy(update={"points": 3.0})
    conv2d = plain.model_copy(update={"efficiency": {"conv2d": spec}})
    course = course.model_copy(update={"exercises": (conv2d,)})
    bundle = program_bundle("conv2d", (conv2d.reference / f"{which}.py").read_bytes())
    (report,) = judged(course, "conv2d", bundle, zygote)
    row = report.tests[-1]
    assert (row.name, row.verdict, row.max_score) == ("efficiency_conv2d", verdict, 3)
    assert (report.verdict, report.max_score - report.score) == (verdict, lost)
    assert [type(finding) for finding in row.findings] == ([TooMuchWork] if lost else [])
