"""A class of four for the tests of exports, and students of whom everything is hostile."""

from grader.findings import ExceptionRaised, Frame, MissingFile, NotRun
from grader.report.examples import EXAMPLES, EXPLAINED, MISTAKES
from grader.report.model import ExerciseReport, StudentReport
from grader.verdicts import Blame, Verdict, Visibility
from tests.grader.report.conftest import make_exercise, make_student, make_test

MISTAKE = MISTAKES[0]
WRONG = EXPLAINED["A known mistake"][0]
RAISED = EXAMPLES["exception"]
HIDDEN = Visibility.HIDDEN

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": '"><img src=x onerror=alert(1)>',
    "svg": "<svg/onload=alert(1)>",
    "formula": '=HYPERLINK("http://evil.example","x")',
    "full width formula": "\uff1d1+1",
    "formula behind a tab": "\t@SUM(A1)",
    "ansi": "\x1b[2J\x1b[31mred",
    "osc": "\x1b]8;;http://evil.example\x07x\x1b]8;;\x07",
    "bidi": "\u202egnp.exe\u2066",
    "not xml": "\x00\x0b\ufffe\uffff]]></failure><error/>",
    "half": "half\ud800",
    "command": "x\n::error file=a,line=1::y\r\n::set-env name=PATH::z",
    "escapes": "%0A::error::x%250A,line=9:x",
    "markdown": "[l](javascript:x) ![i](http://x) `c` **b** | a | @user #1 $x$ <!--",
    "fence": "```\n````\n# head\n- item",
    "sql": "'); DROP TABLE students; --",
    "long": "x" * 1_000_000,
}
"""What students call themselves, their files, and what their code says."""


def exercise_ada() -> ExerciseReport:
    return make_exercise(
        "softmax",
        make_test("Sums to one", points=2, visibility=HIDDEN),
        make_test("Keeps the shape", points=0),
    )


def exercise_bob() -> ExerciseReport:
    return make_exercise(
        "softmax",
        make_test("Sums to one", Verdict.WRONG_ANSWER, WRONG, points=2, visibility=HIDDEN, output="loss 1\n"),
        make_test("Keeps the shape", Verdict.ERROR, RAISED, points=0),
        mistakes=(MISTAKE,),
    )


def exercise_cleo() -> ExerciseReport:
    skipped = NotRun(reason="did-not-load")
    return make_exercise(
        "softmax",
        make_test("Sums to one", Verdict.NOT_RUN, skipped, points=2, visibility=HIDDEN),
        make_test("Keeps the shape", Verdict.NOT_RUN, skipped, points=0),
        verdict=Verdict.MISSING,
        files=(),
        findings=(MissingFile(expected=("softmax.py",), near="sofmax.py"),),
    )


def exercise_dan() -> ExerciseReport:
    fault = EXAMPLES["grader-fault"]
    return make_exercise(
        "softmax",
        make_test("Sums to one", Verdict.ERROR, fault, points=2, blame=Blame.GRADER, visibility=HIDDEN),
        make_test("Keeps the shape", points=0),
    )


def a_class() -> list[StudentReport]:
    """Ada passed all, bob's code is wrong, cleo handed in nothing, and dan met a fault of ours."""
    made = {"ada": exercise_ada, "bob": exercise_bob, "cleo": exercise_cleo, "dan": exercise_dan}
    return [make_student(name, make()) for name, make in made.items()]


def hostile_student(text: str) -> StudentReport:
    """A student of whom every text is `text`: name, titles, files, what the code said and printed."""
    raised = ExceptionRaised(
        call=text,
        type=text,
        message=text,
        frames=(Frame(file=text, line=3, function=text, text=text),),
        mistake=text,
    )
    tests = (
        make_test(text, Verdict.ERROR, raised, name=text, output=text),
        make_test("Passes", output=text),
    )
    mistake = MISTAKE.model_copy(update={"name": text, "headline": text})
    whole = MissingFile(expected=(text,), near=text)
    first = make_exercise(text, *tests, title=text, files=(text,), notes=(text,), mistakes=(mistake,))
    second = make_exercise("mlp", verdict=Verdict.MISSING, findings=(whole,), files=(text,))
    return make_student(text, first, second, course=text, notes=(text,))
