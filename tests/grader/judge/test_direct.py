"""A plain hidden test is called directly; whatever needs more goes through pytest, and both say the same."""

import pytest

from grader.course import read_course
from grader.judge import direct
from grader.judge.plugin import JudgePlugin
from grader.judge.session import serve
from grader.verdicts import Verdict, Visibility
from tests.grader.tiny import SOLUTION, make_course
from tests.repo.test_chapter_order import PACKAGE

SOURCES = {
    "right": SOLUTION,
    "wrong": "def double(x, times=2):\n    return x\n",
    "raises": "def double(x, times=2):\n    raise ValueError('no')\n",
    "exits": "def double(x, times=2):\n    import os; os._exit(3)\n",
    "forbidden": "import torch\ndef double(x, times=2):\n    return torch.relu(x) * times\n",
    "talks": "def double(x, times=2):\n    print(x.shape)\n    return x * times\n",
}

OTHER = '''
import pytest
import torch
from grader.checks import expect, points

@pytest.fixture
def four(rng):
    return rng.normal(4)

class TestClass:
    def test_in_a_class(self, student):
        """In a class."""
        expect(student.double(torch.ones(1))).matches(torch.full((1,), 2.0, dtype=torch.float64))

def test_own_fixture(student, reference, four):
    """A fixture of the course's own."""
    expect(student.double(four)).matches(reference.double(four))

@pytest.mark.parametrize("size", [1, 2])
def test_parameter(student, reference, rng, size):
    """A parameter."""
    x = rng.normal(size)
    expect(student.double(x)).matches(reference.double(x))

@pytest.mark.skipif(True, reason="never")
def test_skipped(student):
    """Skipped by a mark."""
    assert False

def test_plain(student, reference, rng):
    """Plain."""
    x = rng.normal(3)
    expect(student.double(x)).matches(reference.double(x))
'''

OWN_RNG = '''
import pytest
import torch
from grader.checks import expect

@pytest.fixture
def rng():
    return torch.ones(2)

def test_own_rng(student, rng):
    """A fixture of the judge's name."""
    expect(student.double(rng)).matches(torch.full((2,), 2.0, dtype=torch.float64))
'''

SET_UP = '''
ready = []

def setup_function():
    ready.append(1)

def test_is_set_up(student):
    """Set up before each test."""
    assert ready
'''


def told(report):
    return [(t.name, t.verdict, t.blame, t.score, t.findings, t.output) for t in report.tests]


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_both_ways_say_the_same(judge, monkeypatch, source):
    called = []
    real = direct.call
    monkeypatch.setattr(direct, "call", lambda *args: called.append(args[0].name) or real(*args))
    straight = judge(source)
    assert called
    monkeypatch.setattr(direct, "arguments", lambda *args: None)
    called.clear()
    assert told(judge(source)) == told(straight)
    assert not called


@pytest.mark.parametrize(
    ("tests", "plain"),
    [(OTHER, {"test_plain[cpu]"}), (OWN_RNG, set()), (SET_UP, set())],
    ids=["other", "own rng", "set up"],
)
def test_what_needs_more_than_the_judges_fixtures_goes_through_pytest(
    judge, tmp_path, monkeypatch, tests, plain
):
    course = make_course(tmp_path, **{"tests/hidden/test_double.py": tests})
    called = set()
    real = direct.call
    monkeypatch.setattr(direct, "call", lambda *args: called.add(args[0].name) or real(*args))
    report = judge(SOLUTION, course=course)
    assert called == plain
    assert {t.verdict for t in report.tests} <= {Verdict.PASSED, Verdict.NOT_RUN}
    assert any(t.verdict == Verdict.PASSED for t in report.tests)


def test_every_hidden_test_of_the_course_is_plain():
    course = read_course(PACKAGE.parent, staff=True)
    plugin = JudgePlugin(course, Visibility.HIDDEN, ("cpu",), None, lambda: None, print)
    items = []
    collected = plugin.pytest_runtestloop

    def loop(session):
        items.extend(session.items)
        return collected(session)

    plugin.pytest_runtestloop = loop
    serve(plugin, [exercise.hidden_tests for exercise in course.exercises], course.root)
    assert len(items) > 100
    assert [item.name for item in items if item not in plugin._plain] == []
