"""Known mistakes are named by what they do, in the judge, on a tiny course."""

import pytest

from grader.compare.samples import Sample
from grader.diagnosis.agreement import Record
from grader.errors import CourseError
from grader.findings import ExceptionRaised, NoError
from grader.judge.job import Job
from grader.judge.plugin import JudgePlugin
from grader.judge.recognising import SCREENS, Failures, screens
from grader.judge.session import serve
from grader.judge.staff import Staff
from grader.student.session import Session
from grader.verdicts import Visibility
from tests.grader.tiny import SOLUTION, bundle_of, make_course

TEXT = """
headline = "{headline}"
explanation = "It is not twice the input."
question = "What is twice 3?"
section = "Double"
fails = [{fails}]
"""

TYPED = "    if isinstance(x, str): raise TypeError\n"

MISTAKES = {
    "ignores_times": ("return x * 2", ["test_matrix"]),
    "detached": ("return x.detach() * times", ["test_gradient"]),
    "tripled": (
        "return x * times * 1.5",
        ["test_numbers", "test_matrix", "test_leaves_its_input_alone", "test_gradient"],
    ),
    "in_place": ("return x.mul_(times)", ["test_leaves_its_input_alone", "test_gradient"]),
}


def program(body):
    return f"def double(x, times=2):\n{TYPED}    {body}\n"


def files(mistakes):
    found = {}
    for name, (body, fails) in mistakes.items():
        found[f"reference/double/mistakes/{name}.py"] = program(body)
        quoted = ", ".join(f'"{test}"' for test in fails)
        found[f"reference/double/mistakes/{name}.toml"] = TEXT.format(headline=f"It is {name}.", fails=quoted)
    return found


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("course"), **files(MISTAKES))


def named(report):
    return [mistake.name for mistake in report.mistakes]


def test_another_program_with_the_same_mistake_is_named(judge, course):
    report = judge(program("import torch; return torch.stack([x, x]).sum(0)"), course=course)
    (mistake,) = report.mistakes
    assert (mistake.name, mistake.tests, mistake.headline) == ("ignores_times", 1, "It is ignores_times.")
    blamed = {test.name: {f.mistake for f in test.findings} for test in report.tests if test.findings}
    assert blamed == {"test_matrix": {"ignores_times"}}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_is_named_as_itself(judge, course, name):
    assert named(judge(program(MISTAKES[name][0]), course=course)) == [name]


def test_a_right_program_has_no_mistake(judge, course):
    assert judge(SOLUTION, course=course).mistakes == ()


@pytest.mark.parametrize(
    "body", ["return x * (times + 0.1 * (times == 3))", "return x - x + 2 * x.mean()", "return x[::-1]"]
)
def test_a_mistake_that_nobody_listed_is_not_named(judge, course, body):
    report = judge(program(body), course=course)
    assert report.score < report.max_score
    assert named(report) == []
    assert not any(finding.mistake for test in report.tests for finding in test.findings)


def test_two_at_once_are_told_apart(judge, course):
    report = judge(program("return x.detach() * 2"), course=course)
    assert named(report) == ["detached", "ignores_times"]
    assert {t.name: t.findings[0].mistake for t in report.tests if t.findings} == {
        "test_matrix": "ignores_times",
        "test_gradient": "detached",
    }


def test_what_only_informs_need_not_be_explained(judge, course):
    report = judge(
        program("import torch; x = x.detach() * 2; return torch.cat([x, x]) if len(x) == 1 else x"),
        course=course,
    )
    assert "test_informs" in [test.name for test in report.tests if test.findings]
    assert named(report) == ["detached", "ignores_times"]


def test_a_way_that_is_not_written_yet_is_no_stub(judge, course):
    for body, partly in (
        ("if times == 3: raise NotImplementedError\n    return x * 2", True),
        ("raise NotImplementedError", False),
    ):
        report = judge(program(body), course=course)
        (finding,) = next(test for test in report.tests if test.name == "test_matrix").findings
        assert (finding.code, finding.partly, len(finding.frames)) == ("not-implemented", partly, 1)


def claims(*names, ended=""):
    """What a test saw that made claims about these functions."""
    finding = ExceptionRaised(call=ended, type="TypeError", message="", frames=()) if ended else NO_ERROR
    return Record(False, tuple(Sample("value", name) for name in names), (finding,))


NO_ERROR = NoError(expected="ValueError")


def test_failures_are_told_apart_by_the_function_that_they_are_about():
    records = {
        "a": claims("train"),
        "b": claims("", "train"),
        "c": claims("evaluate"),
        "d": claims(ended="evaluate(model, 'cpu')"),
        "e": claims("train", "evaluate"),
        "f": claims(""),
    }
    failures = Failures(frozenset("abcdefg"), frozenset("p"), records, dict.fromkeys(records))
    train, evaluate = failures.by_function()
    assert (train.failing, evaluate.failing) == (frozenset("ab"), frozenset("cd"))
    assert list(train.records) == list(train.items) == ["a", "b"]
    assert (train.passing, train.others) == (frozenset("p"), frozenset("cdefg"))
    assert train.by_function() == []


def test_neighbours_are_told_apart_by_probes_and_not_named_without(judge, tmp_path):
    twins = {
        "two_always": ("return x * 2", ["test_matrix"]),
        "two_but_for_five": ("return x * (5 if times == 5 else 2)", ["test_matrix"]),
    }
    source = program("return x * (10 - 5) if times == 5 else x + x")
    assert named(judge(source, course=make_course(tmp_path / "one", **files(twins)))) == []
    probes = "def probe_five(student, rng):\n    student.double(rng.normal(3), times=5)\n"
    with_probes = make_course(tmp_path / "two", **files(twins), **{"reference/double/probes.py": probes})
    assert named(judge(source, course=with_probes)) == ["two_but_for_five"]
    assert named(judge(program("return x + x"), course=with_probes)) == ["two_always"]


def test_a_mistake_that_is_written_in_several_ways_has_variants(judge, tmp_path):
    spread = {
        "shifted": ("return x * times + 1e-3", ["test_numbers", "test_matrix", "test_leaves_its_input_alone"])
    }
    another = {"reference/double/mistakes/shifted__more.py": program("return x * times + 1e-2")}
    course = make_course(tmp_path, **files(spread), **another)
    for amount in ("1e-3", "1e-2"):
        assert named(judge(program(f"return {amount} + times * x"), course=course)) == ["shifted"]
    assert named(judge(program("return 1e-1 + times * x"), course=course)) == []


def test_what_agrees_by_chance_is_not_named(judge, course):
    # The first draw of 'secret' is answered as the mistake would, every other call rightly.
    counting = "    global n; n += 1\n    return x * (2 if n == 1 else times)\n"
    source = f"n = 0\ndef double(x, times=2):\n{TYPED}{counting}"
    assert named(judge(source, course=course)) == []


def test_deaths_and_forbidden_built_ins_are_no_mistakes(judge, course):
    for body in ("import os; os._exit(3)", "return x.relu() * times"):
        assert named(judge(program(body), course=course)) == []


def test_mistakes_are_ruled_out_once_for_a_class(course, zygote, staff_zygote, monkeypatch):
    run = []
    program_of = Staff.program
    monkeypatch.setattr(Staff, "program", lambda self, *which: run.append(which) or program_of(self, *which))
    wrong = program("return x * (times + 0.1 * (times == 3))")
    jobs = [Job(f"student-0{i}", "double", bundle_of(wrong), secret="s") for i in (1, 2)]
    counts, reports = [], []

    def next_job():
        counts.append(len(run))
        return jobs.pop(0) if jobs else None

    plugin = JudgePlugin(
        course, Visibility.HIDDEN, ("cpu",), zygote, next_job, reports.append, Staff(course, staff_zygote)
    )
    serve(plugin, [course.exercise("double").hidden_tests], course.root)
    assert counts == [0, 1, 1]
    assert [report.mistakes for report in reports] == [(), ()]


def test_screens_are_few_and_most_mistakes_fail_two_of_them():
    tests = list("abcdefgh")
    assert screens(tests, [frozenset("abc"), frozenset("abd"), frozenset("h")]) == ["a", "b", "h"]
    assert len(screens(tests, [frozenset(test) for test in tests])) == SCREENS
    assert screens(tests, [frozenset()]) == []


def test_the_staffs_programs_never_run_where_students_do(judge, course, monkeypatch, zygote, staff_zygote):
    forked = []
    fork = type(zygote).fork
    monkeypatch.setattr(type(zygote), "fork", lambda self, *terms: forked.append(self) or fork(self, *terms))
    loaded = []
    load = Session._load
    monkeypatch.setattr(
        Session,
        "_load",
        lambda self, part: loaded.append((part.bundle.files[0].content, self._zygote)) or load(self, part),
    )
    mine = program("return x * 2  # mine")
    assert named(judge(mine, course=course)) == ["ignores_times"]
    assert {id(where) for content, where in loaded if content == mine.encode()} == {id(zygote)}
    assert {id(where) for content, where in loaded if content != mine.encode()} == {id(staff_zygote)}
    assert {id(each) for each in forked} == {id(zygote), id(staff_zygote)}


def test_a_far_side_of_its_own_is_started_when_it_is_needed_and_ended(judge, tiny_course, course, zygote):
    staff = Staff(course)
    with_own = JudgePlugin(course, Visibility.HIDDEN, ("cpu",), zygote, lambda: None, print, staff)
    serve(with_own, [course.exercise("double").hidden_tests], course.root)
    assert staff._zygote is None  # nothing failed
    started = staff.start()
    staff.close()
    assert started is not staff.start()
    staff.close()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reference/double/mistakes/lonely.py": "x = 1\n"}, "lonely.py has no lonely.toml"),
        ({"reference/double/mistakes/lonely.toml": ""}, "lonely.toml has no lonely.py"),
        ({"reference/double/mistakes/detached.toml": "headline = 1"}, "headline"),
        (
            {
                "reference/double/mistakes/detached.toml": TEXT.format(headline="H", fails='"t"').replace(
                    '"Double"', '"Dubble"'
                )
            },
            "Did you mean 'Double'",
        ),
        (
            {
                "reference/double/mistakes/detached.toml": TEXT.format(headline="H", fails='"t"').replace(
                    "It is not", "so " * 121
                )
            },
            "allowed: 120",
        ),
    ],
)
def test_a_broken_mistake_ends_in_one_sentence(judge, tmp_path, change, sentence):
    course = make_course(tmp_path, **files(MISTAKES) | change)
    with pytest.raises(CourseError, match=sentence):
        judge(program("return x * 2"), course=course)
