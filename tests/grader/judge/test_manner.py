"""How a job is judged: each field of its manner changes what it says."""

import pytest

from grader.judge.job import Manner
from grader.sandbox.policy import Confinement
from grader.student.launch import Zygote
from grader.verdicts import Isolation, Verdict, Visibility
from tests.grader.tiny import HIDDEN, SOLUTION, make_course

NAMES = [line.split("(")[0].removeprefix("def ") for line in HIDDEN.splitlines() if line.startswith("def ")]

TWICE = "def double(x, times=2):\n    if isinstance(x, str): raise TypeError\n    return x * 2\n"
"""Wrong in the second test, and in no other."""

COUNTED = "CALLS = 0\n" + SOLUTION.replace(
    "    if", "    global CALLS\n    CALLS += 1\n    print(CALLS)\n    if", 1
)
"""Right; says the how manieth call of it each test made."""

TEXT = """
headline = "It doubles, whatever times is."
explanation = "The second argument is never looked at."
question = "What should come back for times=3?"
section = "Double"
fails = ["test_matrix"]
"""


def not_run(report):
    return {test.name: test.findings[0].reason for test in report.tests if test.verdict is Verdict.NOT_RUN}


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    """A course that knows the mistake of TWICE."""
    files = {"reference/double/mistakes/twice.py": TWICE, "reference/double/mistakes/twice.toml": TEXT}
    return make_course(tmp_path_factory.mktemp("course"), **files)


def test_without_explanation_a_mistake_is_not_named(judge, explained):
    report = judge(TWICE, course=explained)
    assert [mistake.name for mistake in report.mistakes] == ["twice"]
    bare = judge(TWICE, course=explained, manner=Manner(explain=False))
    assert bare.mistakes == ()
    assert [(t.name, t.verdict) for t in bare.tests] == [(t.name, t.verdict) for t in report.tests]


def test_without_explanation_no_far_side_is_started_for_one(judge, explained, monkeypatch):
    monkeypatch.setattr("grader.judge.staff.Staff.start", lambda self: pytest.fail("started"))
    assert judge(TWICE, course=explained, manner=Manner(explain=False)).score == 5


@pytest.fixture(scope="module")
def bare():
    """A far side whose workers can leave notes on the machine."""
    with Zygote(confinement=Confinement.demanded(Isolation.PROCESS)) as zygote:
        yield zygote


@pytest.mark.parametrize(("replay", "verdict"), [(True, Verdict.UNSTABLE), (False, Verdict.WRONG_ANSWER)])
def test_without_replay_a_test_is_run_once(judge, bare, tmp_path, replay, verdict):
    once = f"    path = {str(tmp_path / 'seen')!r}\n    if not os.path.exists(path):\n"
    once += "        open(path, 'w').close()\n        return x\n"
    source = "import os\n" + SOLUTION.replace("    if", once + "    if", 1)
    report = judge(source, zygote=bare, manner=Manner(replay=replay))
    assert report.tests[0].verdict == verdict


@pytest.mark.parametrize(("replay", "loads"), [(True, True), (False, False)])
def test_without_replay_a_file_is_loaded_once(judge, bare, tmp_path, replay, loads):
    path = str(tmp_path / "seen")
    source = (
        f"import os\nif not os.path.exists({path!r}):\n    open({path!r}, 'w').close()\n    os._exit(1)\n"
    )
    report = judge(source + SOLUTION, zygote=bare, manner=Manner(replay=replay))
    assert (not report.findings) is loads


def test_until_failure_the_tests_after_the_first_that_fails_are_not_run(judge):
    report = judge(TWICE, manner=Manner(until_failure=True))
    assert [test.name for test in report.tests] == NAMES
    assert [test.verdict for test in report.tests[:2]] == [Verdict.PASSED, Verdict.WRONG_ANSWER]
    assert not_run(report) == dict.fromkeys(NAMES[2:], "until-failure")
    assert (report.score, report.max_score) == (2, 6)


def test_until_failure_all_tests_are_run_where_none_fails(judge):
    report = judge(SOLUTION, manner=Manner(until_failure=True))
    assert {test.verdict for test in report.tests} == {Verdict.PASSED}


def test_a_test_without_points_ends_nothing(judge, tmp_path):
    first = '@points(0)\ndef test_first(student):\n    """Informs."""\n    check(False, "No.")\n\n@points(2)'
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": HIDDEN.replace("@points(2)", first)})
    report = judge(SOLUTION, course=course, manner=Manner(until_failure=True))
    assert (report.tests[0].verdict, report.score, not_run(report)) == (Verdict.WRONG_ANSWER, 6, {})


def test_a_visible_test_ends_the_others_though_none_has_points(judge):
    wrong = "def double(x, times=2):\n    return x\n"
    report = judge(wrong, visibility=Visibility.VISIBLE, manner=Manner(until_failure=True))
    assert not_run(report) == {"test_assert": "until-failure"}


def first_calls(report):
    """The tests by when they ran, as the student's code saw it."""
    return sorted(NAMES, key=lambda name: int(report.tests[NAMES.index(name)].output.split()[0]))


def test_an_order_shuffles_what_runs_and_not_the_report(judge):
    orders = set()
    for order in (None, 1, 1, 2):
        report = judge(COUNTED, manner=Manner(order=order))
        assert [test.name for test in report.tests] == NAMES
        assert report.score == 6
        orders.add((order, *first_calls(report)))
    assert (None, *NAMES) in orders
    assert len({order[1:] for order in orders}) == 3
    assert len(orders) == 3  # the same seed, the same order


def test_backwards_the_last_test_runs_first(judge):
    report = judge(COUNTED, manner=Manner(order="backwards"))
    assert [test.name for test in report.tests] == NAMES
    assert first_calls(report) == NAMES[::-1]


def test_an_order_decides_which_test_fails_first(judge):
    wrong = "def double(x, times=2):\n    raise KeyError\n"
    failed = set()
    for order in range(8):
        report = judge(wrong, manner=Manner(order=order, until_failure=True, replay=False))
        (name,) = {test.name for test in report.tests if test.max_score} - set(not_run(report))
        failed.add(name)
    assert len(failed) > 2


@pytest.mark.parametrize(("in_haste", "seconds"), [(True, 0.3), (False, 1.0)])
def test_in_haste_a_call_that_never_ends_costs_less(judge, monkeypatch, in_haste, seconds):
    monkeypatch.setattr("grader.judge.plugin.HASTY_SECONDS", 0.3)
    endless = "def double(x, times=2):\n    while True: pass\n"
    report = judge(endless, manner=Manner(replay=False, until_failure=True, in_haste=in_haste))
    (finding,) = report.tests[0].findings
    assert (finding.what, finding.seconds) == ("call", seconds)


def test_in_haste_all_tests_together_have_the_time_that_they_always_have(judge, monkeypatch):
    given = []

    def noted(exercise, *limits):
        given.append((exercise.limits.exercise_seconds, *limits))
        return exercise

    monkeypatch.setattr("grader.judge.plugin.in_haste", noted)
    assert judge(SOLUTION, manner=Manner(in_haste=True)).score == 6
    ((whole, each, altogether),) = given
    assert each < altogether == whole
