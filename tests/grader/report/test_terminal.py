"""The terminal: hostile text stays text, every width and encoding works, output has a budget."""

import io
import re

import pytest
from rich.cells import cell_len

from grader.findings import ExceptionRaised, Frame, NamesDiffer, NotRun
from grader.report.examples import EXAMPLES
from grader.report.terminal import LETTERS, as_text, console, gradebook_view, message_view, student_view
from grader.report.text import describe
from grader.verdicts import Reveal, Verdict

HOSTILE = {
    "ansi": "\x1b[31;1mPASSED\x1b[0m\x1b[2J",
    "c1": "\x9b31mPASSED",
    "link": "\x1b]8;;https://example.org\x07click\x1b]8;;\x07",
    "bidi": "\u202egnp.exe\u2066",
    "markup": "[bold red]PASSED[/bold red] [link=https://example.org]x[/link] [/] \\[",
    "emoji code": ":smile: :boom:",
    "formula": '=HYPERLINK("https://example.org")',
    "surrogate": "half\ud800",
    "newlines": "a\nwrong answer: forged line\r\n",
    "megabyte": "x" * 1_000_000,
    "zalgo": "z" + "\u0336" * 10_000,
}
ESCAPE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def spoiled(make, text):
    """A report in which every string that comes from a student is `text`."""
    frame = Frame(file=text, line=1, function=text, text=text)
    raised = ExceptionRaised(call=text, type=text, message=text, frames=(frame,))
    names = NamesDiffer(call=text, leaf=text, missing=(text,), unexpected=(text,) * 100)
    test = make.test("Takes vectors", Verdict.ERROR, raised, names, output=text)
    other = make.test("Takes matrices", Verdict.ERROR, raised, device=text)
    exercise = make.exercise("softmax", test, other, files=(text,) * 100, notes=(text,) * 100)
    return make.student(text, exercise, notes=(text,))


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_inert_in_a_text_report(make, kind):
    text = as_text(student_view(spoiled(make, HOSTILE[kind])))
    assert not ESCAPE.search(text)
    assert not re.search(r"^ {0,4}wrong answer:", text, re.MULTILINE)
    assert len(text) < 30_000
    assert all(cell_len(line) <= 80 for line in text.splitlines())
    text.encode("utf-8")


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_terminal_gets_no_escape_but_our_own_colours(make, monkeypatch, kind):
    monkeypatch.setenv("FORCE_COLOR", "1")
    file = io.StringIO()
    screen = console(file, width=80)
    screen.print(student_view(spoiled(make, HOSTILE[kind])))
    screen.print(gradebook_view([spoiled(make, HOSTILE[kind])]))
    own = re.compile(r"\x1b\[[0-9;]*m")
    assert own.search(file.getvalue())
    assert not ESCAPE.search(own.sub("", file.getvalue()))


@pytest.mark.parametrize("kind", ["markup", "emoji code"])
def test_markup_is_shown_as_it_is_written(make, kind):
    report = spoiled(make, HOSTILE[kind])
    for view in (
        student_view(report),
        gradebook_view([report]),
        message_view(describe(report.exercises[0].tests[0].findings[0])),
    ):
        assert as_text(view, width=2_000).replace("  ", " ").count(HOSTILE[kind].strip())


def test_a_console_reads_no_markup_in_what_others_print_on_it():
    file = io.StringIO()
    console(file, width=80).print("[bold]1[/bold] :smile: [/] 'x' 3.5")
    assert file.getvalue() == "[bold]1[/bold] :smile: [/] 'x' 3.5\n"


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("code", EXAMPLES)
def test_every_finding_fits_every_width(code, width):
    text = as_text(message_view(describe(EXAMPLES[code], "Works on a batch of one")), width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert code.split("-", maxsplit=1)[0] in text


def test_wide_characters_count_twice(make):
    report = make.student("山田" * 30, make.exercise("softmax", make.test("行" * 60, Verdict.ERROR)))
    text = as_text(student_view(report.for_student(Reveal.VERDICT)))
    assert text.count("山") == 30
    assert text.count("行") == 60
    assert all(cell_len(line) <= 80 for line in text.splitlines())


def shown(report, monkeypatch, **environment):
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    file = io.StringIO()
    console(file, width=80).print(student_view(report))
    return file.getvalue()


def test_a_terminal_has_colour_and_no_color_takes_it_away(make, monkeypatch):
    report = make.student("ada", make.exercise("softmax", make.test("x", Verdict.ERROR)))
    colour = re.compile(r"\x1b\[[0-9;]*3[0-7]")
    assert colour.search(shown(report, monkeypatch, FORCE_COLOR="1"))
    assert not colour.search(shown(report, monkeypatch, FORCE_COLOR="1", NO_COLOR="1"))


def test_what_is_no_terminal_gets_plain_text(make, monkeypatch):
    report = make.student("ada", make.exercise("softmax", make.test("x", Verdict.ERROR)))
    plain = shown(report, monkeypatch)
    assert "\x1b" not in plain
    assert [line.rstrip() for line in plain.splitlines()] == as_text(student_view(report)).splitlines()


def test_a_file_is_the_same_whatever_the_environment_says(make, monkeypatch):
    report = make.student("ada", make.exercise("softmax", make.test("x", Verdict.ERROR)))
    before = as_text(student_view(report))
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "33", "TERM": "xterm", "JUPYTER_COLUMNS": "9"}.items():
        monkeypatch.setenv(name, value)
    assert as_text(student_view(report)) == before


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_stream_that_lacks_a_character_gets_it_spelled_out(make, encoding):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    console(stream, width=80).print(
        student_view(make.student("山田 Žofie", make.exercise("softmax", make.test())))
    )
    stream.flush()
    name = {"utf-8": "山田 Žofie"}.get(encoding, r"\u5c71\u7530 \u017dofie").encode("utf-8")
    assert name in raw.getvalue()


def test_a_thousand_findings_stay_within_the_budget(make):
    codes = ("values-differ", "not-finite")
    findings = [EXAMPLES[codes[i % 2]].model_copy(update={"leaf": f"[{i}]"}) for i in range(1000)]
    text = as_text(
        student_view(make.student("ada", make.exercise("mlp", make.test("x", Verdict.ERROR, *findings))))
    )
    assert "also 988 more findings" in text
    assert len(text.splitlines()) < 80


def test_what_a_test_printed_is_shown_once(make):
    findings = (EXAMPLES["values-differ"], EXAMPLES["shape-differs"])
    tests = [make.test("x", Verdict.ERROR, *findings, output="hello there")]
    text = as_text(student_view(make.student("ada", make.exercise("mlp", *tests))))
    assert text.count("hello there") == 1
    assert text.index("values-differ") < text.index("hello there") < text.index("shape-differs")


def test_findings_on_the_exercise_never_share_a_line(make):
    missing = [EXAMPLES["missing-entry-point"].model_copy(update={"name": f"f{i}"}) for i in range(6)]
    text = as_text(student_view(make.student("ada", make.exercise("softmax", findings=tuple(missing)))))
    assert text.count("also missing-entry-point") == 3


def test_parts_of_one_result_share_a_line(make):
    findings = [EXAMPLES["values-differ"].model_copy(update={"leaf": f"[{i}]"}) for i in range(1000)]
    text = as_text(
        student_view(make.student("ada", make.exercise("mlp", make.test("x", Verdict.ERROR, *findings))))
    )
    line = "also values-differ: All 6 numbers of result[1] differ from the expected ones. "
    assert line + "Likewise 998 more parts of that result. ('x')" in " ".join(text.split())
    assert "more finding" not in text


def test_notes_beyond_the_budget_are_counted(make):
    text = as_text(student_view(make.student("ada", notes=[f"note {i}." for i in range(9)])))
    assert "note 7." in text
    assert "note 8." not in text
    assert "... and 1 more note\n" in text


def test_a_message_is_in_the_order_of_the_house():
    text = as_text(message_view(describe(EXAMPLES["values-differ"])))
    labels = [line.split()[0] for line in text.splitlines() if not line.startswith(" ")]
    assert labels == ["values-differ:", "called", "right", "differs", "meaning", "hint", "next"]
    text = as_text(message_view(describe(EXAMPLES["exception"])))
    labels = [line.split()[0] for line in text.splitlines() if not line.startswith(" ")]
    assert labels == ["exception:", "called", "message", "where", "meaning", "next"]


def test_every_failing_test_is_named(make):
    tests = [make.test(f"Title {i}", Verdict.ERROR, EXAMPLES["exception"]) for i in range(4)]
    text = as_text(student_view(make.student("ada", make.exercise("softmax", *tests))), width=200)
    assert text.count("Title") == 4
    assert "And 3 more tests fail the same way: 'Title 1'; 'Title 2'; 'Title 3'." in text
    assert "more findings" not in text


def test_one_more_test_fails_too(make):
    tests = [make.test(f"Title {i}", Verdict.ERROR, EXAMPLES["exception"]) for i in range(2)]
    text = as_text(student_view(make.student("ada", make.exercise("softmax", *tests))))
    assert "And 1 more test fails the same way: 'Title 1'." in text


def test_a_fourth_finding_of_the_exercise_names_no_test(make):
    codes = ["missing-file", "syntax-error", "grader-fault", "missing-entry-point"]
    findings = tuple(EXAMPLES[code] for code in codes)
    text = as_text(student_view(make.student("ada", make.exercise("softmax", findings=findings))))
    assert "also missing-entry-point: There is no softmax in softmax.py.\n" in text


def test_tests_without_points_that_did_not_run(make):
    tests = [make.test("x", Verdict.NOT_RUN, EXAMPLES["not-run"], points=0)]
    text = as_text(student_view(make.student("ada", make.exercise("softmax", *tests))))
    assert "1 test did not run: there is no CUDA device on this machine.\n" in text


def test_one_point_is_singular(make):
    text = as_text(student_view(make.student("ada", make.exercise("softmax", make.test(points=1)))))
    assert "1 of 1 point\n" in text


def test_every_verdict_has_a_letter_of_its_own():
    assert set(LETTERS) == set(Verdict)
    assert len(set(LETTERS.values())) == len(Verdict)


def test_the_gradebook_of_an_empty_class_is_a_header():
    assert as_text(gradebook_view([])) == "student total\n"


def test_the_gradebook_heads_each_exercise_with_its_points(make):
    with_cuda = make.student("bob", make.exercise("mlp", make.test(points=3), make.test(points=1.5)))
    text = as_text(
        gradebook_view([make.student("ada", make.exercise("mlp", make.test(points=3))), with_cuda])
    )
    assert text.splitlines()[1].split() == ["student", "/4.5", "total"]


def test_staff_read_why_a_layer_is_missing_and_students_that_it_is(make):
    report = make.student("ada")
    lines = as_text(student_view(report)).splitlines()
    assert "isolation missing: cgroup: no privileges" in lines
    lines = as_text(student_view(report.for_student(Reveal.VERDICT))).splitlines()
    assert lines[-1] == "isolation missing: namespaces, cgroup"


def test_a_missing_file_is_said_once(make):
    tests = [make.test(f"Title {i}", Verdict.NOT_RUN, NotRun(reason="did-not-load")) for i in range(3)]
    exercise = make.exercise("softmax", *tests, findings=(EXAMPLES["missing-file"],))
    text = as_text(student_view(make.student("ada", exercise)))
    assert "not run: 3 tests\n" in text
    assert "did not run" not in text


def test_without_a_finding_on_the_file_the_reason_is_told(make):
    test = make.test("x", Verdict.NOT_RUN, NotRun(reason="did-not-load"))
    text = as_text(student_view(make.student("ada", make.exercise("softmax", test))))
    assert "0 of 1 test passed\n" in text
    assert "1 test did not run (2 points): your file could not be loaded. Begin with what" in text
