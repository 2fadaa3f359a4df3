"""HTML: hostile text stays text, nothing acts or is asked for from outside, and it reads in order."""

import re
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from grader.findings import ExceptionRaised, Frame, NamesDiffer, NotRun, SmallestCase
from grader.report.examples import EFFICIENCY, EXAMPLES, EXPLAINED, MISTAKES
from grader.report.html import colours, fragment, style
from grader.report.text import describe
from grader.verdicts import Blame, Reveal, Verdict, Visibility

WRONG, ERROR = Verdict.WRONG_ANSWER, Verdict.ERROR

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "single quotes": "' onmouseover='alert(1)",
    "end of a style": "</style><script>alert(1)</script><style>",
    "end of a cell": "</td></tr></table></section></article><h1>passed</h1>",
    "end of a block": "</pre></dd></dl></details>",
    "comment": "<!-- --> <![CDATA[ ]]> <?php ?>",
    "entity": "&lt;script&gt; &#60;script&#62; &amp;",
    "template": "{{ 7 * 7 }} {% include 'style.css' %} {# #}",
    "formula": r"$\href{javascript:alert(1)}{x}$ \(x\)",
    "ansi": "\x1b[31;1mPASSED\x1b[0m\x1b[2J",
    "bidi": "\u202egnp.exe\u2066",
    "surrogate": "half\ud800",
    "newlines": "a\r\n\r\nb\u2028c",
    "megabyte": "<" * 1_000_000,
    "zalgo": "z" + "\u0336" * 10_000,
}
ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
ATTRIBUTES = {"class", "aria-label", "tabindex", "role", "scope", "data-copy"}
VOID = {"br", "img", "hr", "input", "link", "meta"}


class Page(HTMLParser):
    """What a browser makes of a fragment: its elements, with their text."""

    def __init__(self, fragment):
        super().__init__()
        self.tags, self.attributes, self.open, self.crossed = [], set(), [], []
        self.texts = []
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append((tuple(self.open), data))

    def handle_comment(self, data):
        self.tags.append("comment")

    def handle_decl(self, decl):
        self.tags.append("declaration")

    def handle_pi(self, data):
        self.tags.append("instruction")

    def unknown_decl(self, data):
        self.tags.append("declaration")

    @property
    def text(self):
        return " ".join(" ".join(data for _, data in self.texts).split())

    def within(self, tag):
        return [data.strip() for tags, data in self.texts if tag in tags and data.strip()]


def spoiled(make, text):
    """An exercise in which every string that a student, or a course, may choose is `text`."""
    frame = Frame(file=text, line=1, function=text, text=text)
    raised = ExceptionRaised(call=text, type=text, message=text, frames=(frame,))
    names = NamesDiffer(call=text, leaf=text, missing=(text,), unexpected=(text,) * 100)
    mistaken = EXPLAINED["A known mistake"][0].model_copy(update={"call": text, "hint": text})
    mistake = MISTAKES[0].model_copy(
        update={"headline": text, "explanation": text, "question": text, "section": text}
    )
    return make.exercise(
        text,
        make.test(text, ERROR, raised, names, output=text),
        make.test(text, ERROR, raised, device=text),
        make.test(text, WRONG, mistaken),
        make.test(text, WRONG, EXAMPLES["values-differ"].model_copy(update={"leaf": text})),
        make.test(text, ERROR, blame=Blame.GRADER),
        make.test(text),
        title=text,
        files=(text,) * 100,
        notes=(text,) * 100,
        mistakes=(mistake,),
    )


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_makes_no_element_and_no_attribute(make, kind):
    text = fragment(spoiled(make, HOSTILE[kind]))
    page = Page(text)
    assert page.tags == Page(fragment(spoiled(make, "plain"))).tags
    assert page.attributes <= ATTRIBUTES
    assert page.open == page.crossed == []
    assert not ACTIVE.search(text)
    text.encode("utf-8")
    assert len(text) < 200_000


@pytest.mark.parametrize("kind", ["script", "entity", "template", "formula"])
def test_text_is_shown_as_it_is_written(make, kind):
    assert " ".join(HOSTILE[kind].split()) in Page(fragment(spoiled(make, HOSTILE[kind]))).text


def test_nothing_runs_and_nothing_is_asked_for_from_outside(make):
    text = fragment(spoiled(make, "plain"))
    assert not re.search(
        r"url\(|@import|@font-face|https?:|//|<script|<link|<img|<iframe|\bon\w+=|\bstyle=", text
    )
    # MathJax leaves what is a student's alone.
    assert re.match(r'<section class="grader mathjax_ignore tex2jax_ignore"', text)


def test_the_style_is_of_our_own_elements_only():
    rules = re.sub(r"/\*.*?\*/", "", style(), flags=re.DOTALL)
    selectors = [part.strip() for heads in re.findall(r"([^{};]+)\{", rules) for part in heads.split(",")]
    assert len(selectors) > 30
    assert [each for each in selectors if ".grader" not in each and not each.startswith("@media")] == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_finding_says_what_the_terminal_says(make, code):
    test = make.test("Works on a batch of one", ERROR, EXAMPLES[code])
    page = Page(fragment(make.exercise("softmax", test)))
    message = describe(EXAMPLES[code], "Works on a batch of one")
    if code == "not-run":
        assert message.headline.removeprefix("Not run: ") in page.text
        return
    cells = [cell for row in message.table.rows for cell in row] if message.table else []
    facts = [" ".join(fact.split()) for _, fact in message.facts]
    parts = [message.headline, message.called or "", message.right, message.explanation, message.hint or ""]
    lines = [line.strip() for line in message.lines]
    for said in [*parts, message.next_step, *facts, *cells, *lines]:
        assert " ".join(said.split()) in page.text


@pytest.mark.parametrize(
    ("finding", "labels"),
    [
        ("values-differ", ["called", "right", "differs", "meaning", "hint", "next"]),
        ("exception", ["called", "message", "where", "meaning", "next"]),
    ],
)
def test_a_finding_is_in_the_order_of_the_house(make, finding, labels):
    page = Page(fragment(make.exercise("softmax", make.test("x", ERROR, EXAMPLES[finding]))))
    assert page.within("dt") == labels


def test_headings_and_tables_can_be_walked_through(make):
    tests = [
        make.test("One", WRONG, EXAMPLES["values-differ"]),
        make.test("Two", ERROR, EXAMPLES["exception"]),
    ]
    text = fragment(make.exercise("softmax", *tests))
    page = Page(text)
    assert [tag for tag in page.tags if re.fullmatch(r"h\d", tag)] == ["h3", "h4", "h4"]
    assert page.within("h4")[1::3] == ["One", "Two"]
    assert text.count("<th ") == text.count('<th scope="col">') + text.count('<th scope="row">') > 0
    assert page.within("thead") == ["index", "yours", "expected", "allowed"]


def test_the_smallest_call_can_be_copied_without_what_is_said_of_it(make):
    finding = EXAMPLES["values-differ"]
    smallest = SmallestCase(source='x = f("<b>")\nsoftmax(x)', yours="1", expected="2", sizes=(("N", 2),))
    test = make.test("One", WRONG, finding.model_copy(update={"smallest": smallest}))
    text = fragment(make.exercise("softmax", test))
    assert 'data-copy="x = f(&#34;&lt;b&gt;&#34;)\nsoftmax(x)">x = f(' in text
    assert "It needs at least 2 samples." in Page(text).text
    assert "data-copy" not in fragment(make.exercise("softmax", make.test("One", WRONG, finding)))


def test_what_passed_is_one_line_that_opens(make):
    page = Page(fragment(make.exercise("softmax", make.test("One"), make.test("Two"))))
    assert page.within("summary") == ["all 2 tests passed"]
    assert page.within("li")[1::3] == ["One", "Two"]


def test_the_style_goes_along_once_if_asked(make):
    exercise = make.exercise("softmax", make.test())
    assert fragment(exercise).count("<style>") == 1
    assert "<style>" not in fragment(exercise, styled=False)


def test_pictures_stand_below_what_is_said_of_each_finding(make):
    def figures(finding):
        yield "map", Markup("<em>of {}</em>").format(finding.code)

    tests = [make.test("One", WRONG, EXAMPLES["values-differ"]), make.test("Two", WRONG, EXAMPLES["shape-differs"])]  # fmt: skip  # noqa: E501
    html = fragment(make.exercise("softmax", *tests), figures=figures)
    assert re.findall("<em>.*?</em>", html) == ["<em>of values-differ</em>", "<em>of shape-differs</em>"]
    for article in html.split("<article>")[1:]:
        assert article.index("<dt>next</dt>") < article.index("<dt>map</dt>") < article.index("<em>")


# --- word for word -----------------------------------------------------------------


def test_a_check(make, golden):
    values, shape = EXAMPLES["values-differ"], EXAMPLES["shape-differs"]
    tests = [
        make.test("Rows sum to one", WRONG, values, shape, points=0, output="shape is\ntorch.Size([2])\n"),
        make.test("Works along dim 0", WRONG, values, points=0),
        make.test("Keeps float64", WRONG, EXAMPLES["dtype-differs"], points=0),
        make.test("Takes vectors", ERROR, EXAMPLES["exception"], points=0),
        make.test("Leaves its input alone", points=0),
    ]
    notes = ("Both softmax.py and softmax.ipynb are there; softmax.py is what counts.",)
    golden("check.html", fragment(make.exercise("softmax", *tests, notes=notes), styled=False))


def test_a_mark_with_a_known_mistake(make, golden):
    finding = EXPLAINED["A known mistake"][0]
    titles = ("The gradient of a batch is (softmax - onehot) / N", "The gradient of many classes")
    hidden = Visibility.HIDDEN
    tests = [make.test(title, WRONG, finding, visibility=hidden) for title in titles]
    tests.append(make.test("Leaves its input alone", visibility=hidden))
    exercise = make.exercise("cross_entropy", *tests, mistakes=MISTAKES[:1])
    golden("mistake.html", fragment(exercise.for_student(Reveal.DIFFERENCES), styled=False))


def test_verdicts_alone(make, golden):
    finding = EXAMPLES["values-differ"]
    tests = [make.test(title, WRONG, finding, visibility=Visibility.HIDDEN) for title in ("One", "Two")]
    exercise = make.exercise("softmax", *tests).for_student(Reveal.VERDICT)
    golden("verdicts.html", fragment(exercise, styled=False))


def test_a_file_that_does_not_load(make, golden):
    tests = [make.test(title, Verdict.NOT_RUN, NotRun(reason="did-not-load")) for title in ("One", "Two")]
    exercise = make.exercise("softmax", *tests, findings=(EXAMPLES["syntax-error"],), verdict=ERROR)
    golden("not_loaded.html", fragment(exercise, styled=False))


def test_a_device_that_is_not_there_and_work_that_could_be_less(make, golden):
    absent = NotRun(reason="no-cuda")
    tests = [
        make.test("One channel"),
        make.test("One channel", Verdict.NOT_RUN, absent, device="cuda", blame=Blame.OPERATOR),
    ]
    golden("finished.html", fragment(make.exercise("conv2d", *tests, efficiency=(EFFICIENCY,)), styled=False))


def test_a_fragment_has_the_colours_that_all_pages_share():
    assert "--ground:" in colours()
    assert colours().strip() in style()
