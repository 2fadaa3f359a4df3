"""Manifest, stub and reference promise one call; an accepted solution can be called so."""

import ast

import pytest

from grader.course import read_course
from grader.verify.parameters import promised, refusal, signatures
from grader.verify.report import Claim, Standing
from grader.verify.signatures import rows
from tests.grader.tiny import EXERCISE, SOLUTION, STUB, make_course
from tests.repo.test_chapter_order import PACKAGE

COURSE = read_course(PACKAGE.parent, staff=True)
TOML, STUB_FILE = "exercises/double/exercise.toml", "exercises/double/double.py"
REFERENCE, ODD = "reference/double/solution.py", "reference/double/accepted/odd.py"

NET = """
[[entry_points]]
name = "Net"
signature = "Net(d_in, d_out=2)"
"""
NET_STUB = """
class Net:
    def __init__(self, d_in, d_out=2):
        raise NotImplementedError
    def forward(self, x):
        raise NotImplementedError
    def _own(self):
        pass
"""


def found(folder, **changed):
    course = make_course(folder, **changed)
    return list(rows(course, course.exercises[0]))


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=COURSE.names)
def test_the_course_promises_one_call(exercise):
    (row,) = rows(COURSE, exercise)
    assert (row.standing, row.claim) == (Standing.HOLDS, Claim.SIGNATURE)
    assert "accepted solutions can be called so" in row.sentence
    assert "only running" not in row.sentence


def test_a_right_course_has_one_row_with_the_numbers(tmp_path):
    (row,) = found(tmp_path, **{ODD: "double = make()\n", ODD.replace("odd", "plain"): SOLUTION})
    assert row.sentence == (
        "stub and reference have the signature of double that the manifest promises; "
        "1 accepted solution can be called so, 1 more only running would tell"
    )


@pytest.mark.parametrize(
    ("file", "text", "what", "sentence"),
    [
        (
            REFERENCE,
            SOLUTION.replace("times=2", "times=3"),
            "double",
            "double(x, times=3) is not double(x, times=2), which exercises/double/exercise.toml promises",
        ),
        (
            REFERENCE,
            SOLUTION.replace("x, times=2", "x, *, times=2"),
            "double",
            "double(x, *, times=2) is not double(x, times=2), which exercises/double/exercise.toml promises",
        ),
        (
            STUB_FILE,
            STUB.replace("x, times", "value, times"),
            "double",
            "double(value, times=2) is not double(x, times=2), which exercises/double/exercise.toml promises",
        ),
        (
            STUB_FILE,
            STUB.replace("double", "doubled"),
            "double",
            "double.py defines no double whose parameters can be read; "
            "exercises/double/exercise.toml promises double(x, times=2)",
        ),
        (
            ODD,
            "def double(x, factor=2): return x * factor\n",
            "accepted: odd",
            "double(x, factor=2) cannot be called as double(x, times=2): it does not take times by name",
        ),
    ],
)
def test_another_signature_is_refused_by_file_and_line(tmp_path, file, text, what, sentence):
    (row,) = found(tmp_path, **{file: text})
    assert (row.standing, row.what, row.file, row.sentence) == (Standing.FAILS, what, file, sentence)
    lines = text.splitlines()
    assert row.line == next((at for at, line in enumerate(lines, 1) if line.startswith("def double(")), 1)


def test_a_promise_that_nobody_can_read_is_refused(tmp_path):
    manifest = EXERCISE.replace("double(x, times=2)", "double(x[, times])")
    (row,) = found(tmp_path, **{TOML: manifest})
    assert (row.standing, row.file) == (Standing.FAILS, TOML)
    assert row.line == manifest[: manifest.index("signature")].count("\n") + 1
    assert row.sentence == "the signature 'double(x[, times])' is not written as Python would take it"


def test_methods_of_the_stub_are_asked_of_the_reference(tmp_path):
    files = {
        TOML: EXERCISE.replace("\n[forbidden.relu]", f"{NET}\n[forbidden.relu]"),
        STUB_FILE: STUB + NET_STUB,
        REFERENCE: SOLUTION + NET_STUB.replace("self, x", "self, x, mask"),
    }
    (row,) = found(tmp_path, **files)
    assert row.sentence == "Net.forward(x, mask) is not Net.forward(x), which exercises/double/double.py has"
    assert [row.standing for row in found(tmp_path, **{**files, REFERENCE: SOLUTION + NET_STUB})] == ["holds"]


CONTRACT = promised("double(x, y, times=2, way=None)")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def double(x, y, times=2, way=None): ...", None),
        ("def double(a, b, way=None, times=5): ...", None),
        ("def double(a, b, /, *, times=2, way=None, verbose=True): ...", None),
        ("def double(a, b, **options): ...", None),
        ("def double(*tensors, times=2, way=None): ...", None),
        ("def double(a, b, times, way=None): ...", "it also needs times"),
        ("double = lambda a, b, times=2, way=None: a", None),
        ("class D:\n def __call__(self, a, b, times=2, way=None): ...\ndouble = D()", None),
        ("def double(x, *, y, times=2, way=None): ...", "it takes 1 by position, not 2"),
        ("def double(x, y, z, times=2, way=None): ...", "it also needs z"),
        ("def double(x, y, times=2): ...", "it does not take way by name"),
        ("def double(x, y, times=2, way=None, /): ...", "it does not take times and way by name"),
        ("def double(x, times, way=None, **rest): ...", "it does not take times by name"),
        ("double = lambda a, b: a", "it does not take times and way by name"),
        ("class D:\n def __call__(self, a, b): ...\ndouble = D()", "it does not take times and way by name"),
    ],
)
def test_an_accepted_solution_is_free_where_the_call_works(source, why):
    signature = signatures(ast.parse(source), ["double"])["double"]
    assert refusal(signature, CONTRACT) == why
    # What the text says is what Python does.
    space = {}
    exec(source, space)
    try:
        space["double"](1, 2, times=3, way=4)
        space["double"](1, 2)
    except TypeError:
        assert why is not None
    else:
        assert why is None


def test_the_last_definition_counts_and_what_the_text_does_not_tell_is_left_out():
    last = "class double:\n def forward(self): ...\ndef double(x): ...\ndef double(x, y): ...\nother = double"
    told = signatures(ast.parse(last), ["double", "other"])
    assert {name: str(each) for name, each in told.items()} == {"double": "double(x, y)"}
    assert signatures(ast.parse("def double(x): ...\ndouble = wrap(double)"), ["double"]) == {}


@pytest.mark.parametrize(
    "text",
    ["f()", "f(a, b=-1)", "f(a, /, b)", "f(a, /)", "f(*, a)", "f(*rest, a=1, **more)", "f(a, *, b=(1, 2))"],
)
def test_a_signature_is_shown_as_it_is_written(text):
    assert str(promised(text)) == text
