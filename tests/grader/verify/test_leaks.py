"""Nothing of the staff's stands in a file for students or in their view of a report; what does is named."""

import ast

import pytest

from grader.course import read_course
from grader.findings import CheckFailed
from grader.report.model import ExerciseReport, TestReport
from grader.verdicts import Blame, Reveal, Verdict, Visibility
from grader.verify.fragments import of_code, of_module, of_prose
from grader.verify.leaks import Judged, report_rows, rows
from grader.verify.report import Claim, Standing
from grader.verify.staff_only import staff_only
from tests.grader.tiny import EXERCISE, HANDOUT, STUB, VISIBLE, make_course
from tests.repo.test_chapter_order import PACKAGE

OURS = read_course(PACKAGE.parent, staff=True)

STUB_FILE, WHERE = "exercises/double/double.py", "exercises/double/README.md"
VISIBLE_FILE, TOML = "exercises/double/test_double.py", "exercises/double/exercise.toml"
REFERENCE = "reference/double/solution.py"

SOLUTION = '''
"""The reference."""

def double(x, times=2):
    """Twice x."""
    if isinstance(x, str):
        raise TypeError("text cannot be doubled")
    enlarged = x.clone().mul(times)  # a copy first
    shape = tuple(enlarged.shape)
    return enlarged.reshape(shape)
'''
SHORT = "def short(values):\n    return sum(value ** 2 for value in values) / len(values)\n"
MISTAKE = "def double(x):\n    halved_first = x / 2\n    return halved_first * 2 + halved_first\n"
TOLD = """
headline = "The input is halved before anything else is done with it."
explanation = "Half and twice are easily taken for each other when it is late at night."
question = "What is one and a half, and why is it not what was asked?"
section = "What your function must do"
fails = ["test_numbers"]
"""
NULL = "def double(x):\n    scores = list(range(100))\n    return scores * 100 * 100 * 2\n"
EQUIVALENT = '[[equivalent]]\nline = "a"\nbecomes = "b"\nreason = "A copy of a copy is as good as a copy."\n'
STAFF = {
    REFERENCE: SOLUTION,
    "reference/double/accepted/short.py": SHORT,
    "reference/double/mistakes/halved.py": MISTAKE,
    "reference/double/mistakes/halved.toml": TOLD,
    "reference/double/equivalents.toml": EQUIVALENT,
    "reference/double/null/ranges.py": NULL,
}


def found(folder, **changed):
    course = make_course(folder, **{**STAFF, **changed})
    return list(rows(course, course.exercises[0]))


@pytest.mark.parametrize("exercise", OURS.exercises, ids=OURS.names)
def test_the_course_leaks_nothing(exercise):
    (row,) = rows(OURS, exercise)
    assert (row.standing, row.claim) == (Standing.HOLDS, Claim.LEAK), row.sentence
    hidden = staff_only(OURS, exercise)
    assert len(hidden.runs) > 100
    assert len(hidden.names) == len(hidden.titles) >= 19
    assert len(hidden.texts) > 60


def test_a_course_without_leaks_has_one_row_with_the_numbers(tmp_path):
    (row,) = found(tmp_path)
    assert row.standing is Standing.HOLDS
    assert row.sentence.startswith("6 files for students hold none of ")
    assert row.sentence.endswith(" runs of statements, 6 hidden tests and 4 texts of the staff's")


STEPS = "enlarged = x.clone().mul(times)", "shape = tuple(enlarged.shape)"
LEAKS = {
    "the reference as the stub": (STUB_FILE, SOLUTION, f"a copy of {REFERENCE}"),
    "the reference in the stub": (STUB_FILE, STUB + SOLUTION, f"code of {REFERENCE}, line 6"),
    "the reference commented out": (
        STUB_FILE,
        f"{STUB}\n# enlarged = (x.clone()\n#     .mul(times))\n# shape = tuple( enlarged.shape )\n",
        f"code of {REFERENCE}, line 8",
    ),
    "the reference in a docstring": (
        STUB_FILE,
        STUB.replace(
            "Twice x.", "Twice x.\n\n    enlarged = x.clone().mul(times)\n    shape = tuple(enlarged.shape)"
        ),
        f"code of {REFERENCE}, line 8",
    ),
    "the reference in the handout": (
        WHERE,
        f"{HANDOUT}\n    enlarged = x.clone().mul(times)\n\n    shape = tuple(enlarged.shape)\n",
        f"code of {REFERENCE}, line 8",
    ),
    "the reference typed in a session": (
        WHERE,
        f"{HANDOUT}\n```python\n>>> {STEPS[0]}\n>>> {STEPS[1]}\n```\n",
        f"code of {REFERENCE}, line 8",
    ),
    "the reference step by step": (
        WHERE,
        f"{HANDOUT}\n1. First `{STEPS[0]}`.\n2. Then, at last,\n   `{STEPS[1]}`.\n",
        f"code of {REFERENCE}, line 8",
    ),
    "a whole body of one statement": (
        WHERE,
        f"{HANDOUT}\n`return sum(value**2 for value in values)/len(values)`\n",
        "code of reference/double/accepted/short.py, line 2",
    ),
    "a mistake": (STUB_FILE, MISTAKE + "# again\n", "code of reference/double/mistakes/halved.py, line 2"),
    "a hidden test": (
        VISIBLE_FILE,
        f'{VISIBLE}\ndef test_mine(student, reference, rng):\n    """Mine."""\n    x = rng.normal(3, 2)\n'
        "    expect(student.double(x, times=3)).matches(reference.double(x, times=3))\n",
        "code of tests/hidden/test_double.py, line ",
    ),
    "a hidden test's name": (
        WHERE,
        f"{HANDOUT}\nBeware of `test_leaves_its_input_alone`.\n",
        "the name of a hidden test of tests/hidden/test_double.py, line ",
    ),
    "a hidden test's title": (
        VISIBLE_FILE,
        f'{VISIBLE}\ndef test_mine(student):\n    """Works on a matrix."""\n    assert True\n',
        "the title of a hidden test of tests/hidden/test_double.py, line ",
    ),
    "the secret": (WHERE, f"{HANDOUT}\n<!-- a secret -->\n", "the secret of reference/secret.txt: '...'"),
    "the secret in the manifest": (
        TOML,
        EXERCISE.replace('say = "relu"', 'say = "a secret"'),
        "the secret of reference/secret.txt",
    ),
    "what a mistake is told": (
        WHERE,
        f"{HANDOUT}\nWhat is **one and a half**, and\nwhy is it not what was asked?\n",
        "a text for staff of reference/double/mistakes/halved.toml",
    ),
    "why a mutant is equivalent": (
        WHERE,
        f"{HANDOUT}\nA copy of a copy is as good as a copy.\n",
        "a text for staff of reference/double/equivalents.toml",
    ),
}


@pytest.mark.parametrize(("file", "text", "said"), LEAKS.values(), ids=LEAKS)
def test_a_leak_is_named_with_its_place_and_its_source(tmp_path, file, text, said):
    leaks = found(tmp_path, **{file: text})
    assert {(row.standing, row.claim, row.file, row.what) for row in leaks} == {
        (Standing.FAILS, Claim.LEAK, file, file)
    }
    assert leaks[0].sentence.startswith(f"{file}, which students get, holds {said}")
    before = {STUB_FILE: STUB, WHERE: HANDOUT, VISIBLE_FILE: VISIBLE, TOML: EXERCISE}[file]
    if text.startswith(before):
        assert all(row.line > before.count("\n") for row in leaks)
    assert "a secret" not in "".join(row.sentence for row in leaks)


INNOCENT = {
    "one line of the formula": (WHERE, f"{HANDOUT}\n    enlarged = x.clone().mul(times)\n"),
    "a title in other words' midst": (WHERE, f"{HANDOUT}\nLeaves its input alone.\n"),
    "the name of the visible tests": (WHERE, f"{HANDOUT}\nRun `test_double.py`.\n"),
    "a visible test of the same name": (
        VISIBLE_FILE,
        f"{VISIBLE}\ndef test_gradient(student):\n    '''Another one.'''\n    assert student\n",
    ),
    "a null answer": (STUB_FILE, NULL),
}


@pytest.mark.parametrize(("file", "text"), INNOCENT.values(), ids=INNOCENT)
def test_what_may_be_shown_on_purpose_is_no_leak(tmp_path, file, text):
    assert [row.standing for row in found(tmp_path, **{file: text})] == [Standing.HOLDS]


# --- reports ------------------------------------------------------------------------


def report_of(message, name="test_numbers"):
    """A report whose one hidden test says `message`."""
    test = TestReport(
        name=name,
        title="Works on a vector.",
        visibility=Visibility.HIDDEN,
        device="cpu",
        verdict=Verdict.WRONG_ANSWER,
        blame=Blame.STUDENT,
        score=0,
        max_score=1,
        seconds=0.1,
        output="",
        findings=(CheckFailed(statement=message, detail=""),),
    )
    return ExerciseReport(
        name="double",
        title="Double",
        verdict=Verdict.WRONG_ANSWER,
        score=0,
        max_score=1,
        tests=(test,),
        files=("double.py",),
        notes=(),
        findings=(),
        seconds=0.1,
    )


def judged(folder, message, source="", **changed):
    course = make_course(folder, **{**STAFF, **changed})
    what = [Judged("mistake: halved", source, report_of(message))]
    return list(report_rows(course, course.exercises[0], what))


def test_a_report_that_shows_nothing_of_the_staffs_holds(tmp_path):
    (row,) = judged(tmp_path, "Two and two are four.")
    assert row.standing is Standing.HOLDS
    assert row.sentence.startswith("1 report as students see them hold none of ")


@pytest.mark.parametrize(
    ("message", "said", "file"),
    [
        ("See raise TypeError('no') or enlarged = x.clone().mul(times)  # a copy first", "a line", REFERENCE),
        ("return halved_first * 2 + halved_first", "a line", "reference/double/mistakes/halved.py"),
        ("In test_matrix that differs.", "the name of a hidden test", "tests/hidden/test_double.py"),
        ("The answer is a secret of ours.", "the secret", "reference/secret.txt"),
    ],
)
def test_a_report_that_shows_a_line_is_named(tmp_path, message, said, file):
    (row,) = judged(tmp_path, message)
    assert (row.standing, row.file, row.what) == (Standing.FAILS, file, "report of mistake: halved")
    assert row.sentence.startswith(
        f"the report that the author of mistake: halved would get holds {said} of {file}"
    )


def test_what_its_author_wrote_or_has_is_no_leak_of_a_report(tmp_path):
    (row,) = judged(tmp_path, "return halved_first * 2 + halved_first", source=MISTAKE)
    assert row.standing is Standing.HOLDS


def test_no_report_is_no_row(tmp_path):
    course = make_course(tmp_path)
    assert list(report_rows(course, course.exercises[0], [])) == []


def test_the_students_view_is_looked_at_and_not_the_staffs(tmp_path):
    """The staff's view has the names of hidden tests; a student's has not."""
    course = make_course(tmp_path, **STAFF)
    report = report_of("It is four.", name="test_matrix")
    assert course.reveal is Reveal.DIFFERENCES
    (row,) = report_rows(course, course.exercises[0], [Judged("x", "", report)])
    assert row.standing is Standing.HOLDS


# --- fragments ----------------------------------------------------------------------


def texts(sequences):
    return [[each.text for each in fragments] for fragments in sequences if fragments]


def test_statements_are_compared_as_they_are_unparsed():
    source = (
        "if a:\n  x = ( 1,\n    2 )\n  pass\nelse:\n  import b\n  'text'\nwith c as d:\n  e(d)\nf = \"f\"\n"
    )
    assert [(each.text, each.line) for each in of_code(ast.parse(source).body)] == [
        ("if a:", 1),
        ("x = (1, 2)", 2),
        ("with c as d:", 8),
        ("e(d)", 9),
        ("f = 'f'", 10),
    ]


def test_code_is_found_wherever_it_hides():
    assert texts(of_module('x = 1\n# y = [2,\n#  3]\ndef f():\n    """f\n\n    z = 4\n    """\n')) == [
        ["x = 1"],
        ["y = [2, 3]"],
        ["z = 4"],
    ]
    assert ["a = f(1)", "for b in c:", "d += b"] in texts(
        of_prose(">>> a = f(1)\n>>> for b in c:\n...     d += b\n")
    )
    assert ["print(x, y)"] in texts(of_prose("Then `print(x,y)` is\n"))
    assert texts(of_prose("Plain words, and more of them.\n")) == []
