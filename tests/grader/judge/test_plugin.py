"""The judge from end to end, on a tiny course and one worker after another."""

import pytest
import torch

from grader.errors import CourseError
from grader.judge.job import Job
from grader.sandbox.policy import Confinement
from grader.student.launch import Zygote
from grader.verdicts import Blame, Isolation, Verdict, Visibility
from tests.grader.tiny import EXERCISE, HIDDEN, SOLUTION, VISIBLE, bundle_of, make_course

RIGHT = SOLUTION


def by_name(report):
    return {test.name: test for test in report.tests}


def test_a_right_answer_gets_everything_in_declaration_order(judge):
    report = judge(RIGHT)
    assert report.verdict == Verdict.PASSED
    assert (report.score, report.max_score) == (6, 6)
    assert [t.title for t in report.tests] == [
        "Works on a vector",
        "Works on a matrix",
        "Leaves its input alone",
        "Can be differentiated",
        "Text is a TypeError",
        "Only informs",
    ]
    assert all(not t.findings for t in report.tests)
    assert [t.numeric for t in report.tests] == [True, True, True, True, False, True]


def test_a_stub_is_told_kindly_and_not_replayed(judge):
    report = judge("def double(x, times=2):\n    raise NotImplementedError\n")
    assert report.verdict == Verdict.NOT_IMPLEMENTED
    assert report.score == 0
    assert report.max_score == 6
    assert by_name(report)["test_numbers"].findings[0].code == "not-implemented"


def test_a_wrong_answer_costs_the_tests_that_see_it(judge):
    report = judge("def double(x, times=2):\n    if isinstance(x, str): raise TypeError\n    return x * 2\n")
    tests = by_name(report)
    assert tests["test_matrix"].verdict == Verdict.WRONG_ANSWER
    assert tests["test_matrix"].blame == Blame.STUDENT
    assert tests["test_matrix"].findings[0].code == "values-differ"
    assert report.score == 5
    assert report.verdict == Verdict.WRONG_ANSWER


@pytest.mark.parametrize("null", ["x * 0", "x * 0 + 1", "x", "x * float('nan')", "None"])
def test_null_answers_pass_no_numeric_test(judge, null):
    report = judge(f"import torch\ndef double(x, times=2):\n    return {null}\n")
    assert [t.name for t in report.tests if t.numeric and t.score] == []


def test_an_input_modified_in_place_is_seen(judge):
    report = judge("def double(x, times=2):\n    return x.mul_(times)\n")
    assert by_name(report)["test_leaves_its_input_alone"].findings[0].code == "argument-modified"
    assert by_name(report)["test_numbers"].verdict == Verdict.PASSED


def test_a_result_cut_from_its_input_is_seen(judge):
    report = judge("def double(x, times=2):\n    return x.detach() * times\n")
    (finding,) = by_name(report)["test_gradient"].findings
    assert (finding.code, finding.argument) == ("no-gradient", "x")


def test_raises_needs_the_right_exception(judge):
    other = judge(
        "def double(x, times=2):\n    if isinstance(x, str): raise KeyError(x)\n    return x * times\n"
    )
    assert by_name(other)["test_refuses_text"].findings[0].code == "wrong-error"
    none = judge("def double(x, times=2):\n    return 1 if isinstance(x, str) else x * times\n")
    assert by_name(none)["test_refuses_text"].findings[0].code == "no-error"


def test_a_forbidden_builtin_is_refused(judge):
    report = judge(
        "import torch\ndef double(x, times=2):\n    return torch.relu(x) * times - torch.relu(-x) * times\n"
    )
    assert by_name(report)["test_numbers"].verdict == Verdict.FORBIDDEN
    assert [t.name for t in report.tests if t.numeric and t.score] == []


def test_three_hangs_in_a_row_end_the_exercise(judge):
    report = judge("def double(x, times=2):\n    while True: pass\n")
    verdicts = [t.verdict for t in report.tests]
    assert verdicts[0] == Verdict.TIMED_OUT
    assert report.tests[0].findings[0].what == "call"
    assert report.verdict == Verdict.TIMED_OUT
    assert verdicts[-1] == Verdict.NOT_RUN
    assert report.tests[-1].findings[0].reason == "too-many-deaths"


def test_after_a_crash_the_other_tests_run_in_a_fresh_worker(judge):
    source = (
        "import os\ndef double(x, times=2):\n    if isinstance(x, str): raise TypeError\n"
        "    if times == 3: os._exit(3)\n    return x * times\n"
    )
    report = judge(source)
    assert by_name(report)["test_matrix"].verdict == Verdict.CRASHED
    assert report.score == 5


def test_a_crash_and_its_replay_count_as_one_test(judge):
    source = (
        "import os\ndef double(x, times=2):\n    if isinstance(x, str): raise TypeError\n"
        "    if x.numel() > 4: os._exit(3)\n    return x * times\n"
    )
    tests = by_name(judge(source))
    assert tests["test_numbers"].verdict == tests["test_matrix"].verdict == Verdict.CRASHED
    assert tests["test_leaves_its_input_alone"].verdict == Verdict.PASSED


def test_a_verdict_that_changes_on_replay_is_unstable(judge, tmp_path):
    """Its code leaves itself a note on the machine, which only process limits do not keep from it."""
    marker = tmp_path / "seen"
    source = (
        "import os\ndef double(x, times=2):\n"
        f"    if not os.path.exists({str(marker)!r}):\n"
        f"        open({str(marker)!r}, 'w').close()\n        return x\n"
        "    if isinstance(x, str): raise TypeError\n    return x * times\n"
    )
    with Zygote(confinement=Confinement.demanded(Isolation.PROCESS)) as bare:
        report = judge(source, zygote=bare)
    first = report.tests[0]
    assert first.verdict == Verdict.UNSTABLE
    assert first.score == 0
    assert [f.code for f in first.findings] == ["unstable", "values-differ"]
    assert report.score == 4


def test_a_file_that_does_not_load_is_one_finding_and_tests_do_not_run(judge):
    report = judge("def double(x:\n")
    assert report.verdict == Verdict.ERROR
    assert [f.code for f in report.findings] == ["syntax-error"]
    assert {t.verdict for t in report.tests} == {Verdict.NOT_RUN}
    assert report.max_score == 6


def test_prints_are_captured_and_cost_nothing(judge):
    source = (
        "import sys, warnings\ndef double(x, times=2):\n    for i in range(10000): print('line', i)\n"
        "    print('oops', file=sys.stderr)\n    warnings.warn('careful')\n"
        + SOLUTION.split('"""Twice x."""')[1]
    )
    report = judge(source)
    assert report.score == report.max_score
    assert "line 0" in report.tests[0].output


def test_inputs_differ_by_student_and_by_test_and_are_reproducible(judge):
    source = "def double(x, times=2):\n    print(x.tolist())\n    return x * times\n"
    one, again, other = judge(source), judge(source), judge(source, student="student-02")
    assert one.tests[0].output == again.tests[0].output != other.tests[0].output


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what happens without CUDA")
def test_without_cuda_its_rows_say_not_run_and_cost_nothing(judge):
    report = judge(RIGHT, devices=("cpu", "cuda"))
    rows = [(t.name, t.device, t.verdict, t.max_score) for t in report.tests[:2]]
    assert rows == [
        ("test_numbers", "cpu", Verdict.PASSED, 2),
        ("test_numbers", "cuda", Verdict.NOT_RUN, 0),
    ]
    assert (report.score, report.max_score, report.verdict) == (6, 6, Verdict.PASSED)


def test_visible_tests_have_no_points_and_say_what_they_assert(judge):
    report = judge("def double(x, times=2):\n    return x * 3\n", visibility=Visibility.VISIBLE)
    assert (report.score, report.max_score) == (0, 0)
    assert report.verdict == Verdict.WRONG_ANSWER
    assert "twice one is two" in report.tests[1].findings[0].detail


def test_a_hidden_tests_assert_does_not_say_what_it_compared(judge, tmp_path):
    hidden = HIDDEN + "\n\ndef test_secret(student):\n    '''A secret.'''\n    assert 1 == 2, 'the secret'\n"
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": hidden})
    report = judge(RIGHT, course=course)
    assert report.tests[-1].verdict == Verdict.WRONG_ANSWER
    assert report.tests[-1].findings[0].detail == ""


def test_a_broken_hidden_test_blames_the_exercise(judge, tmp_path):
    hidden = HIDDEN + "\n\ndef test_broken(student):\n    '''Broken.'''\n    1 / 0\n"
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": hidden})
    broken = judge(RIGHT, course=course).tests[-1]
    assert (broken.verdict, broken.blame) == (Verdict.ERROR, Blame.EXERCISE)
    assert "ZeroDivisionError" in broken.findings[0].detail


def test_a_failure_of_what_a_test_asks_for_last_fails_the_test(judge, tmp_path):
    hidden = HIDDEN + (
        "\n\ndef test_last(student):\n"
        "    '''Last.'''\n"
        "    from grader.blueprints import ModelBlueprint\n"
        "    model = student.build(ModelBlueprint.seeded((('linear', 1, 1),), seed=1))\n"
        "    model.set_parameters({'nothing': torch.ones(1)})\n"
    )
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": hidden})
    last = judge(RIGHT, course=course).tests[-1]
    assert last.verdict == Verdict.ERROR
    assert last.findings[0].call == "model.set_parameters(dict of 1)"


def test_a_test_without_its_companion_is_not_run(judge, tmp_path):
    hidden = HIDDEN + "\n\ndef test_skipped(student):\n    '''Skipped.'''\n    pytest.skip('no-companion')\n"
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": hidden})
    skipped = judge(RIGHT, course=course).tests[-1]
    assert (skipped.verdict, skipped.findings[0].reason) == (Verdict.NOT_RUN, "no-companion")


def test_a_skipped_test_is_not_run(judge, tmp_path):
    hidden = HIDDEN + "\n\ndef test_skipped(student):\n    '''Skipped.'''\n    pytest.skip('not today')\n"
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": hidden})
    skipped = judge(RIGHT, course=course).tests[-1]
    assert (skipped.verdict, skipped.findings[0].reason) == (Verdict.NOT_RUN, "skipped")


def test_a_test_file_that_cannot_be_collected_is_one_sentence(judge, tmp_path):
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": "import nothing_of_that_name\n"})
    with pytest.raises(CourseError, match="cannot be collected"):
        judge(RIGHT, course=course)


def test_visible_tests_cannot_ask_for_the_reference(judge, tmp_path):
    visible = VISIBLE + "\n\ndef test_peek(student, reference):\n    '''Peek.'''\n"
    course = make_course(tmp_path, **{"exercises/double/test_double.py": visible})
    report = judge(RIGHT, course=course, visibility=Visibility.VISIBLE)
    assert (report.tests[-1].verdict, report.tests[-1].blame) == (Verdict.ERROR, Blame.EXERCISE)


def worst(report):
    return {test.name: test.worst_error for test in report.tests}


def test_the_worst_error_is_told_as_a_share_of_what_is_allowed(judge):
    exact = worst(judge(RIGHT))
    assert exact["test_numbers"] == exact["test_gradient"] == 0.0
    assert exact["test_refuses_text"] is exact["test_informs"] is None
    nearly = worst(judge(RIGHT.replace("x * times", "x * (times * (1 + 4e-7))")))
    assert 0.1 < nearly["test_numbers"] < 1
    assert 0.1 < nearly["test_gradient"] < 1
    wrong = worst(judge(RIGHT.replace("x * times", "x * (times + 1)")))
    assert wrong["test_numbers"] > 1e4


@pytest.mark.parametrize(
    "wrong", ["x * float('nan')", "None", "(x * times).double()", "x.detach() * times", "x.mul_(times)"]
)
def test_what_is_wrong_otherwise_has_no_worst_error(judge, wrong):
    report = judge(RIGHT.replace("x * times", wrong))
    failed = [test for test in report.tests if test.verdict != Verdict.PASSED]
    assert failed
    assert {test.worst_error for test in failed} == {None}


def test_an_exercise_that_ends_early_leaves_the_next_one_unharmed(tmp_path, zygote):
    """pytest keeps a module set up for the test that it is told comes next, even if that never runs."""
    stub = "def double(x, times=2):\n    raise NotImplementedError\n"
    course = make_course(
        tmp_path,
        **{
            "course.toml": 'name = "Two"\nexercises = ["double", "twice"]\nsecret = "reference/secret.txt"\n',
            "exercises/twice/exercise.toml": EXERCISE,
            "exercises/twice/README.md": "# Twice\n",
            "exercises/twice/twice.py": stub,
            "exercises/twice/test_twice.py": VISIBLE,
            "reference/twice/solution.py": SOLUTION,
            "tests/hidden/test_twice.py": HIDDEN,
        },
    )
    from grader.judge.plugin import JudgePlugin
    from grader.judge.session import serve

    crash = "import os\ndef double(x, times=2):\n    os._exit(1)\n"
    jobs = [
        Job("s", "double", bundle_of(crash), secret="s"),
        Job("s", "twice", bundle_of(RIGHT, "twice"), secret="s"),
        None,
    ]
    reports = []
    plugin = JudgePlugin(course, Visibility.HIDDEN, ("cpu",), zygote, lambda: jobs.pop(0), reports.append)
    serve(plugin, [exercise.hidden_tests for exercise in course.exercises], course.root)
    assert reports[0].tests[-1].findings[0].reason == "too-many-deaths"
    assert [test.verdict for test in reports[1].tests] == [Verdict.PASSED] * len(reports[1].tests)
