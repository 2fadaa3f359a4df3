"""What is said stands under the cell that it speaks of, and no text of a student's is markup."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.findings import (
    ExceptionRaised,
    Frame,
    MissingEntryPoint,
    NotImplementedYet,
    NotRun,
    SyntaxProblem,
)
from grader.report.examples import EFFICIENCY, EXAMPLES, EXPLAINED, MISTAKES
from grader.report.markdown import TOP, cell_notes, code, exercise_markdown, fenced, front_markdown, plain
from grader.report.notebook_use import Definition, LeftOut, NotebookUse
from grader.report.safe import safe_text
from grader.verdicts import Blame, Reveal, Verdict, Visibility

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[click](javascript:alert(1))",
    "![x](data:text/html;base64,PHNj)", "<svg/onload=alert(1)>", "<!-- hidden", "-->", "```",
    "````\n# out", "`code`", "**bold** _it_ ~~gone~~", "| a | b |", "$x^2$ and $$y$$",
    r"\(x\) \[y\] \begin{align}", "# head", "- item", "1. one", "1) one", "> quote", "    indented",
    "---", "===", "+ a", "* b", "https://evil.example", "www.evil.example", "me@evil.example",
    "<https://evil.example>", "&lt;b&gt; &amp; &#60;", "a\\", "\\*", "\u202egnp.exe", "\x1b[31mred",
    "a\r\nb", "\ud800", "[x]: http://evil", "[^1]", ":smile:", "^sup^ ==mark==", "{{ x }} {% y %}",
    "</section></div>", "<b", "a*b*c*d", "_a_", "`", "``", "` `", "x`", "`x", "@user", "#1",
]  # fmt: skip


def _jupyter(text: str) -> str:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(text))


def _commonmark(text: str) -> str:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(reader.render(text))


FINDINGS = [*EXAMPLES.values(), *(finding for finding, _ in EXPLAINED.values())]
READERS = [pytest.param(_commonmark, id="commonmark"), pytest.param(_jupyter, id="nbconvert")]


LAYOUT = {"h3", "h4", "p", "strong", "code", "pre", "div", "span", "ul", "li"}
LAYOUT |= {"table", "thead", "tbody", "tr", "th", "td"}


class Seen(HTMLParser):
    """The tags of a piece of HTML, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.odd = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.odd += data

    handle_decl = unknown_decl = handle_pi = handle_comment


def squeezed(text: str) -> str:
    return " ".join(text.split())


# --- markup ------------------------------------------------------------------------------


@pytest.mark.parametrize("render", READERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_is_shown_as_it_is(render, text):
    shown = safe_text(text)
    seen = Seen(render(f"before\n\n{plain(shown)}\n\nafter"))
    assert seen.tags <= {"p", "span"}
    assert squeezed(seen.text) == squeezed(f"before {shown} after")
    assert not seen.odd
    seen = Seen(render(f"**next** {plain(shown)}"))
    assert seen.tags <= {"p", "span", "strong"}
    assert squeezed(seen.text) == squeezed(f"next {shown}")


@pytest.mark.parametrize("render", READERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_code_is_shown_as_it_is(render, text):
    shown = safe_text(text)
    seen = Seen(render(f"**called** {code(shown)}"))
    assert seen.tags == {"p", "strong", "code"}
    assert squeezed(seen.text) == squeezed(f"called {shown}")
    block = fenced("\n".join([shown, shown]))
    seen = Seen(render(f"before\n\n{block}\n\nafter"))
    assert seen.tags <= {"p", "pre", "code", "div", "span"}
    assert squeezed(seen.text) == squeezed(f"before {shown} {shown} after")


@pytest.mark.parametrize("render", READERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_of_a_table_and_an_item_of_a_list_hold_it(render, text):
    shown = safe_text(text)
    seen = Seen(render(f"| a | b |\n|---|---|\n| {plain(shown)} | 2 |\n\n- {plain(shown)}"))
    assert seen.tags <= {"table", "thead", "tbody", "tr", "th", "td", "ul", "li", "p", "span"}
    assert squeezed(seen.text) == squeezed(f"a b {shown} 2 {shown}")


@given(st.text(st.sampled_from("`*_[]()<>!#&$\\|~-+=.:/1ab \"'"), max_size=40))
def test_no_mixture_of_marks_is_markup(text):
    shown = " ".join(text.split())
    for render in (_commonmark, _jupyter):
        assert squeezed(Seen(render(f"**x** {plain(shown)}")).text) == squeezed(f"x {shown}")
        assert Seen(render(f"**x** {plain(shown)}")).tags <= {"p", "strong", "span"}


# --- a whole exercise ---------------------------------------------------------------------


@pytest.mark.parametrize("render", READERS)
@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.code)
def test_every_finding_can_be_said(make, render, finding):
    test = make.test("Works", Verdict.WRONG_ANSWER, finding)
    said = exercise_markdown(make.exercise("softmax", test, mistakes=tuple(MISTAKES)))
    seen = Seen(render(said))
    assert finding.code in seen.text or finding.code == "not-run"
    assert seen.tags <= LAYOUT
    assert seen.attributes <= {"class", "id", "style"}


def test_an_exercise_in_words(make, golden):
    finding = EXAMPLES["values-differ"]
    report = make.exercise(
        "softmax",
        make.test("One sample"),
        make.test("Large logits", Verdict.WRONG_ANSWER, finding, output="loss 3\nloss 2\n"),
        make.test("Columns", Verdict.WRONG_ANSWER, finding, visibility=Visibility.HIDDEN),
        make.test("On the GPU", Verdict.NOT_RUN, NotRun(reason="no-cuda"), blame=Blame.OPERATOR),
        notes=("Handed in as the archive a*b.zip.",),
        efficiency=(EFFICIENCY,),
    )
    golden("exercise.md", exercise_markdown(report) + "\n")


def test_a_hidden_tests_verdict_is_all_that_is_said_where_that_is_the_rule(make):
    hidden = make.test(
        "Columns",
        Verdict.WRONG_ANSWER,
        EXAMPLES["values-differ"],
        visibility=Visibility.HIDDEN,
        output="secret",
    )
    said = exercise_markdown(make.exercise("softmax", hidden).for_student(Reveal.VERDICT))
    assert "wrong answer: Columns (hidden)" in said
    assert "secret" not in said
    assert "values-differ" not in said


# --- cells ----------------------------------------------------------------------------------


def use(**fields):
    usual = {
        "file": "hw.ipynb",
        "cells": 5,
        "way": "needed",
        "used": (1, 3, 4),
        "defined": (Definition(name="forward", cell=3), Definition(name="backward", cell=4)),
        "left_out": (LeftOut(cell=2, why="magic"), LeftOut(cell=5, why="not needed")),
    }
    return NotebookUse.model_validate(usual | fields)


def raised(*files, call="f(x)"):
    frames = tuple(Frame(file=file, line=1, function="f", text="1 / 0") for file in files)
    return ExceptionRaised(call=call, type="ValueError", message=" ".join(files), frames=frames)


def places(make, finding, **fields):
    test = make.test("Works", Verdict.ERROR, finding)
    return [
        cell for cell, said in cell_notes(make.exercise("linear", test, **fields)) if finding.code in said
    ]


@pytest.mark.parametrize(
    ("finding", "cell"),
    [
        (raised("cell 3"), 3),
        (raised("cell 3", "cell 1"), 1),
        (raised("cell 1", "helper.py"), 1),
        (raised("helper.py"), 4),
        (raised("cell 6"), 4),
        (raised("cell 0"), 4),
        (raised("cell 3.py"), 4),
        (raised(call="forward(x: 2x3)"), 3),
        (NotImplementedYet(name="forward"), 3),
        (MissingEntryPoint(name="other", file="hw.ipynb"), 4),
        (SyntaxProblem(message="bad", frame=Frame(file="cell 2", line=1, function="")), 2),
    ],
    ids=str,
)
def test_a_finding_stands_under_the_cell_that_it_speaks_of(make, finding, cell):
    assert places(make, finding, notebook=use()) == [cell]


def test_without_a_cell_it_stands_at_the_top(make):
    assert places(make, raised("helper.py"), notebook=None) == [0]
    assert places(make, raised("cell 2"), notebook=None) == [2]


def test_the_score_stands_under_the_cell_that_defines_what_was_asked_for(make):
    tests = make.test("One"), make.test("Two", Verdict.ERROR, raised("cell 1"))
    (first, said_there), (home, said_home) = cell_notes(make.exercise("linear", *tests, notebook=use()))
    assert (first, home) == (1, 4)
    assert "error · 2 of 4 points · 1 of 2 tests passed" in said_home
    assert "points" not in said_there.partition("\n")[0]
    assert "exception" in said_there
    assert "exception" not in said_home


def test_every_group_is_said_exactly_once(make):
    tests = [make.test(f"Test {n}", Verdict.ERROR, raised(f"cell {n % 5 + 1}", f"x{n}.py")) for n in range(9)]
    notes = cell_notes(make.exercise("linear", *tests, notebook=use()))
    said = "\n".join(text for _, text in notes)
    assert all(said.count(f"Test {n}") >= 1 for n in range(9))


def test_the_top_says_what_was_used_and_where_to_look(make):
    one = make.exercise("linear", make.test("Two", Verdict.ERROR, raised("cell 1")), notebook=use())
    other = make.exercise("soft_max", make.test("One"), notebook=use(defined=(Definition(name="f", cell=1),)))
    said = front_markdown([one, other])
    assert said.startswith("# Feedback\n\n| exercise |")
    assert (
        "| soft\\_max: Soft max | passed | 2 of 2 points | the one test passed | cells 1, 3 and 4 |" in said
    )
    assert "stands under cells 1 and 4" in said
    assert said.count("cell 2 (magics only)") == 1
    left_out = tuple(LeftOut(cell=cell, why="not needed") for cell in (2, 5))
    said = front_markdown([one, make.exercise("other", make.test("One"), notebook=use(left_out=left_out))])
    assert "- linear: left out: cell 2 (magics only)" in said


def test_a_test_is_named_once_whatever_it_found(make):
    test = make.test("A title", Verdict.WRONG_ANSWER, EXAMPLES["values-differ"], EXAMPLES["dtype-differs"])
    assert exercise_markdown(make.exercise("softmax", test)).count("#### ") == 1


def test_what_did_not_load_is_said_once(make):
    reason = EXAMPLES["not-run"].model_copy(update={"reason": "did-not-load"})
    tests = [make.test(f"Test {n}", Verdict.NOT_RUN, reason, blame=Blame.NOBODY) for n in range(3)]
    text = exercise_markdown(make.exercise("softmax", *tests, findings=(EXAMPLES["syntax-error"],)))
    assert "syntax-error" in text
    assert "Test 1" not in text


def test_a_test_without_a_finding_stands_at_the_top(make):
    exercise = make.exercise("softmax", make.test("A title", Verdict.NOT_RUN, blame=Blame.NOBODY))
    ((place, text),) = cell_notes(exercise)
    assert place == TOP
    assert "A title" in text
