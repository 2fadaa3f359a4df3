"""The work of right solutions is counted, the plain differences are said, and nothing of wrong ones."""

import textwrap
import types

import pytest
import torch

from grader.checks.reference import Reference, load_module
from grader.course import read_course
from grader.course.manifest import EfficiencySpec
from grader.diagnosis import efficiency
from grader.diagnosis.efficiency import Measured, law, measure
from grader.diagnosis.smallest import in_haste
from grader.errors import CourseError
from grader.findings import Growth
from grader.student.launch import Zygote
from grader.student.proxy import Student
from grader.submission import Bundle, SubmittedFile
from tests.repo.test_course import ROOT

SECONDS = 30.0
"""The bound in operators is tested here; a busy machine must not end it."""


@pytest.fixture(scope="module")
def course():
    return read_course(ROOT, staff=True)


@pytest.fixture(scope="module")
def zygote():
    with Zygote(warm=True) as zygote:
        yield zygote


@pytest.fixture
def measured(course, zygote):
    """What comes of measuring a program, given as source."""

    def measured(name, source, *, growth=None, spec=None, seconds=SECONDS):
        exercise = course.exercise(name)
        if spec is not None:
            exercise = exercise.model_copy(update={"efficiency": {name: spec}})
        if isinstance(source, str):
            source = textwrap.dedent(source).encode()
        bundle = Bundle(name, (f"{name}.py",), (SubmittedFile(f"{name}.py", source),), (), None)
        student = Student(zygote, in_haste(exercise, seconds), bundle)
        growth = growth or load_module(exercise.reference / "growth.py", f"growth_{name}")
        try:
            return measure(student, exercise, name, Reference(exercise.reference), growth, seconds=seconds)
        finally:
            student.close()

    return measured


@pytest.fixture
def told(measured):
    """What is said of a program that is right."""

    def told(*args, **named):
        found = measured(*args, **named)
        assert (found.counted, found.wrong, found.failure) == (True, (), None)
        return found.told

    return told


LOOPS = """
import torch
import torch.nn.functional as F

def conv2d(x, weight, bias=None, stride=1, padding=0):
    x = F.pad(x, (padding,) * 4)
    height, width = x.shape[2] - 2, x.shape[3] - 2
    y = torch.zeros(x.shape[0], 1, height, width)
    for n in range(x.shape[0]):
        for r in range(height):
            for s in range(width):
                y[n, 0, r, s] = (x[n, 0, r:r + 3, s:s + 3] * weight[0, 0]).sum() + bias[0]
    return y
"""


def test_loops_are_said_with_how_they_grow(told):
    found = told("conv2d", LOOPS)
    assert found.entry_point == "conv2d"
    assert found.size == (("N", 1), ("H", 8), ("W", 8))
    assert found.operators > 10 * 64
    assert found.operators_reference < 40
    assert found.growth == (
        Growth(sizes=("N",), yours="N", reference=""),
        Growth(sizes=("H", "W"), yours="H*W", reference=""),
    )
    assert found.bytes_reference > 8 * 8 * 9 * 4
    assert found.way == "with unfold"
    assert told("conv2d", LOOPS) == found, "counts are the same again"


@pytest.mark.parametrize("name", ["conv2d", "softmax", "linear_backward"])
def test_nothing_is_said_of_the_reference(course, told, name):
    assert told(name, (course.exercise(name).reference / "solution.py").read_bytes()) is None


@pytest.mark.parametrize(
    ("name", "program", "growth"),
    [
        ("conv2d", "kernel_positions", None),
        ("conv2d", "unfold_matmul", None),
        ("conv2d", "seven_loops", ["N", "H*W"]),
        ("softmax", "logsumexp", None),
        ("softmax", "loops", ["N", "C"]),
        ("linear_backward", "einsum", None),
        ("linear_backward", "loops", ["N", "in", "out"]),
        ("linear_backward", "outer_products", ["N", "", ""]),
    ],
)
def test_accepted_solutions(course, told, name, program, growth):
    source = (course.exercise(name).reference / "accepted" / f"{program}.py").read_bytes()
    found = told(name, source)
    assert growth == ([each.yours for each in found.growth] if found else None)


@pytest.mark.parametrize(
    ("body", "wrong", "failure"),
    [
        ("return logits * 0", ["values-differ"], None),
        ("return torch.stack([row.exp() for row in logits])", ["values-differ"], None),
        ("return None", ["type-differs"], None),
        ("raise ValueError", [], "exception"),
        ("import os; os._exit(3)", [], "crashed"),
        ("return logits.softmax(1)", [], "forbidden-used"),
    ],
)
def test_nothing_is_said_of_the_work_of_what_is_wrong(measured, body, wrong, failure):
    found = measured("softmax", f"import torch\ndef softmax(logits, dim=-1):\n    {body}\n")
    assert (found.counted, found.told) == (False, None)
    assert [finding.code for finding in found.wrong] == wrong
    assert (found.failure and found.failure.finding.code) == failure


def test_nothing_is_said_of_what_takes_too_long_or_does_not_load(measured):
    slow = "import time\ndef softmax(logits, dim=-1): time.sleep(60)\n"
    assert measured("softmax", slow, seconds=0.2).failure.finding.code == "timed-out"
    assert measured("softmax", "this is no Python").failure.finding.code == "syntax-error"
    assert measured("softmax", TIMES.format(times=100), seconds=0.0) == Measured()


def test_loading_has_a_time_of_its_own(measured):
    source = "import time\ntime.sleep(0.5)\n" + TIMES.format(times=100)
    assert measured("softmax", source, seconds=0.4).told is not None


TIMES = """
import torch
def softmax(logits, dim=-1):
    for _ in range({times}):
        logits = logits + 0
    w = (logits - logits.amax(dim, keepdim=True)).exp()
    return w / w.sum(dim, keepdim=True)
"""


def test_much_work_that_does_not_grow_is_said_too(told):
    assert told("softmax", TIMES.format(times=20)) is None
    found = told("softmax", TIMES.format(times=100))
    assert found.operators > 100
    assert {growth.yours for growth in found.growth} == {""}


def test_a_little_more_for_larger_inputs_is_no_growth(told):
    assert told("softmax", TIMES.format(times="logits.shape[0] // 8")) is None


def test_calls_are_bounded_by_operators(told, monkeypatch):
    rows = "import torch\ndef softmax(logits, dim=-1):\n    return torch.stack([{} for row in logits])\n"
    source = rows.format("(row - row.max()).exp() / (row - row.max()).exp().sum()")
    found = told("softmax", source)
    assert (found.size, found.growth[0].yours) == ((("N", 16), ("C", 4)), "N")
    monkeypatch.setattr(efficiency, "MOST_OPERATORS", 3 * found.operators // 2)
    found = told("softmax", source)
    assert (found.size, found.growth[0].yours) == ((("N", 8), ("C", 4)), "N")


def test_a_worker_that_counts_has_seen_nothing_before(course, zygote):
    exercise = course.exercise("softmax")
    source = b"seen = []\n" + TIMES.format(times="200 * len(seen)").encode() + b"    seen.append(0)\n"
    source = source.replace(
        b"    for _", b"    seen.append(1) if logits.shape == (9, 9) else None\n    for _"
    )
    bundle = Bundle("softmax", ("softmax.py",), (SubmittedFile("softmax.py", source),), (), None)
    student = Student(zygote, in_haste(exercise, SECONDS), bundle)
    student.softmax(torch.ones(9, 9))
    growth = load_module(exercise.reference / "growth.py", "growth_softmax")
    oracle = Reference(exercise.reference)
    assert measure(student, exercise, "softmax", oracle, growth, seconds=SECONDS) == Measured(counted=True)
    student.close()


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (None, "growth.py has no function 'softmax'"),
        (lambda size: (torch.ones(2), 3), "a call of softmax that the reference refuses .*IndexError"),
        (lambda size: 3, "TypeError"),
    ],
)
def test_what_is_wrong_with_the_course_is_said(measured, function, said):
    growth = types.SimpleNamespace(softmax=function)
    spec = EfficiencySpec(start={"N": 1}, sizes=("N",))
    with pytest.raises(CourseError, match=said):
        measured("softmax", TIMES.format(times=1), growth=growth, spec=spec)


@pytest.mark.parametrize(
    ("group", "counts", "expected"),
    [
        ("N", [5, 5, 5], ""),
        ("N", [5, 6, 7], ""),
        ("N", [0, 0, 0], ""),
        ("N", [0, 1, 3], "N"),
        ("N", [10, 17, 31], "N"),
        ("N", [10, 37, 145], "N^2"),
        ("N", [9, 65, 513], "N^3"),
        ("N", [10, 20, 30], "N"),
        ("N", [10, 20], "N"),
        ("N", [10, 30, 20], "N"),
        ("HW", [4, 16, 64], "H*W"),
        ("HW", [20, 100, 484], "H*W"),
        ("HW", [4, 64, 1024], "(H*W)^2"),
        ("HW", [10, 20, 40], "H and W"),
        ("HW", [100], ""),
    ],
)
def test_laws_of_growth(group, counts, expected):
    assert law(tuple(group), counts) == expected
