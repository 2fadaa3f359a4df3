"""A student's page: all that the student may see, nothing more, and nothing in it acts."""

import re
from time import monotonic

import pytest

from grader.findings import ExceptionRaised, Frame
from grader.pages import student_page, write_student_page
from grader.report.examples import EXAMPLES
from grader.report.model import AttemptReport
from grader.submission import Bundle, Submission, SubmittedFile
from grader.verdicts import Reveal, Verdict, Visibility
from tests.grader.pages.opened import ACTIVE, Page
from tests.grader.report.conftest import make_exercise, make_student, make_test
from tests.grader.report.test_html import HOSTILE

WRONG, ERROR, PASSED = Verdict.WRONG_ANSWER, Verdict.ERROR, Verdict.PASSED
CODE = b"import torch\n\ndef softmax(x):\n    return x / 0\n"
OURS = {
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "tabindex", "aria-label",
    "aria-labelledby", "scope", "role", "open", "data-copy",
}  # fmt: skip


def raised(file="softmax.py", line=4, text="return x / 0"):
    frame = Frame(file=file, line=line, function="softmax", text=text)
    return ExceptionRaised(call="softmax(x)", type="ZeroDivisionError", message="division", frames=(frame,))


def handed_in(*files, student="ada", exercise="softmax", attempt=""):
    bundle = Bundle(exercise, (files[0].name,), files, (), None)
    return Submission(student, (bundle,), (), "0" * 64, attempt)


def failing(**fields):
    return make_exercise("softmax", make_test("Works", ERROR, raised()), **fields)


def opened(report, *submissions, notebooks=None, before=None):
    return Page(student_page(report.for_student(Reveal.EVERYTHING), submissions, notebooks, before=before))


@pytest.fixture
def page():
    passed = make_exercise("conv2d", make_test("One"))
    return opened(make_student("ada", failing(), passed), handed_in(SubmittedFile("softmax.py", CODE)))


def test_it_says_what_the_report_says(page):
    for said in ("ada", "2 of 4 points", "softmax", "ZeroDivisionError", "all 1 test", "return x / 0"):
        assert said.replace("all 1 test", "the one test passed") in page.text


def test_the_line_that_a_finding_speaks_of_is_marked(page):
    assert page.within("mark") == ["return x / 0"]
    assert "findings speak of line 4" in page.text


def test_where_a_finding_has_no_line_the_function_is_marked():
    finding = EXAMPLES["values-differ"].model_copy(update={"call": "softmax(tensor[2])"})
    report = make_student("ada", make_exercise("softmax", make_test("x", WRONG, finding)))
    page = opened(report, handed_in(SubmittedFile("softmax.py", b"def softmax(x): ...\n" + CODE)))
    assert page.within("mark") == ["def softmax(x):"]
    assert "findings speak of line 4" in page.text


def test_a_file_of_line_ends_costs_little():
    calls = [EXAMPLES["values-differ"].model_copy(update={"call": f"f{i}(x)"}) for i in range(5)]
    tests = [make_test(f"{i}", WRONG, finding) for i, finding in enumerate(calls)]
    report = make_student("ada", make_exercise("softmax", *tests))
    start = monotonic()
    page = opened(report, handed_in(SubmittedFile("softmax.py", b"\n" * (5 << 20))))
    assert monotonic() - start < 2.5  # it takes 0.2 s; were all lines searched, more than 4 s
    assert "lines 31 to 5,242,880 are not shown" in page.text


def test_it_can_be_walked_through(page):
    assert [tag for tag in page.tags if re.fullmatch(r"h\d", tag)] == [
        "h1", "h2", "h2", "h3", "h4", "h4", "h2", "h3",
    ]  # fmt: skip
    assert {"header", "nav", "main", "footer"} <= set(page.tags)
    assert page.tags.count("th") == len(
        [tag for tag, name, _ in page.attributes if (tag, name) == ("th", "scope")]
    )
    anchors = [value[1:] for value in page.values("href") if value.startswith("#")]
    assert anchors == ["main", "exercise-1", "exercise-2"]
    assert set(anchors) <= set(page.values("id"))
    assert len(page.values("id")) == len(set(page.values("id")))
    assert page.open == page.crossed == []


def test_only_our_script_runs_and_nothing_leaves(page):
    assert page.lets_run(page.script)
    assert not page.lets_run(page.script + " ")
    assert page.policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src")
    assert "base-uri 'none'; form-action 'none'" in page.policy
    assert page.source.index("Content-Security-Policy") < page.source.index("<title>")
    assert not re.search(r"<link|<img|<iframe|\son\w+=|https?:|url\(|@import|\bstyle=|\bsrc=", page.source)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_makes_no_element_and_no_attribute(kind):
    def spoiled(text):
        attempt = AttemptReport(name=text, submitted=None, verdict=ERROR, score=0, final=0, counts=True)
        exercise = failing(notes=(text,), attempt=text, attempts=(attempt, attempt), title=text)
        report = make_student(text, exercise, notes=(text,), course=text)
        content = b" ".join(text.encode("utf-8", "surrogatepass").split())
        files = [SubmittedFile("softmax.py", CODE + content), SubmittedFile(text, content)]
        return opened(report, handed_in(*files, attempt=text), notebooks={"softmax": text})

    page, plain = spoiled(HOSTILE[kind]), spoiled("plain")
    assert page.tags == plain.tags
    assert {name for _, name, _ in page.attributes} <= OURS
    assert [
        value for value in page.values("href") if not re.match(r"#[a-z0-9-]+$|\./[\w%.~/-]*$", value)
    ] == []
    assert page.script == plain.script
    assert page.policy == plain.policy
    assert page.open == page.crossed == []
    assert not ACTIVE.search(page.source)
    assert len(page.source) - sum(map(len, page.values("href"))) < 100_000


def test_what_a_hidden_test_keeps_is_not_there():
    test = make_test(
        "Works", ERROR, raised(), visibility=Visibility.HIDDEN, output="printed", name="test_secret"
    )
    report = make_student("ada", make_exercise("softmax", test)).for_student(Reveal.DIFFERENCES)
    said = student_page(report, [handed_in(SubmittedFile("softmax.py", CODE))]).decode()
    assert "ZeroDivisionError" in said
    for kept in ("printed", "test_secret", "division"):
        assert kept not in said


def test_a_report_for_staff_is_refused():
    with pytest.raises(ValueError, match="student"):
        student_page(make_student("ada", failing()))


def test_a_notebook_is_linked_where_it_came_back():
    page = opened(make_student("ada", failing()), notebooks={"softmax": "my hw #1?.graded.html"})
    assert "./my%20hw%20%231%3F.graded.html" in page.values("href")


def test_attempts_say_what_changed():
    each = [
        AttemptReport(name=name, submitted=None, verdict=v, score=score, final=score, counts=name == "third")
        for name, v, score in [
            ("first", ERROR, 1),
            ("second", None, None),
            ("third", WRONG, 3.5),
            ("fourth", ERROR, 3),
        ]
    ]
    page = opened(make_student("ada", failing(attempt="third", attempts=tuple(each))))
    assert "third (counts) wrong answer 3.5 2.5 more" in page.text
    assert "fourth error 3 0.5 fewer" in page.text
    assert "second not graded fourth" not in page.text


def test_the_code_is_that_of_the_attempt_that_counts():
    old, new = (SubmittedFile("softmax.py", f"# {word}\n".encode()) for word in ("draft", "better"))
    exercise = failing(attempt="one")
    page = opened(make_student("ada", exercise), handed_in(old, attempt="two"), handed_in(new, attempt="one"))
    assert "# better" in page.text
    assert "# draft" not in page.text


def test_it_is_written_beside_the_reports_and_again_only_if_it_changed(tmp_path):
    report = make_student("ada", failing()).for_student(Reveal.EVERYTHING)
    place = write_student_page(report, (), tmp_path)
    assert place == tmp_path / "students/ada/report.html"
    before = place.stat().st_ino
    write_student_page(report, (), tmp_path)
    assert place.stat().st_ino == before
    write_student_page(report.model_copy(update={"notes": ("new",)}), (), tmp_path)
    assert "note: new" in Page(place.read_bytes()).text


# --- what changed ------------------------------------------------------------------


def changed(before, now):
    page = opened(make_student("ada", now), before={"softmax": before} if before else None)
    said = page.text.partition("Since the attempt before")[2]
    return said.partition("grader 0.1.0")[0].strip()


def test_what_is_better_and_what_is_worse_than_before_is_said():
    before = make_exercise("softmax", make_test("A"), make_test("B", WRONG), make_test("C", ERROR, points=3))
    now = make_exercise("softmax", make_test("A", WRONG), make_test("B"), make_test("C", points=3))
    assert changed(before, now) == "points 3 more points (2 before, 5 now) passes now 'B'; 'C' fails now 'A'"
    assert changed(now, before) == "points 3 fewer points (5 before, 2 now) passes now 'A' fails now 'B'; 'C'"
    assert changed(now, now) == "points the same points (5 before, 5 now)"


def test_before_the_first_attempt_there_is_nothing_to_say():
    missing = make_exercise("softmax", make_test("A", Verdict.NOT_RUN), verdict=Verdict.MISSING)
    for before, now in [(None, failing()), (missing, failing()), (failing(), missing)]:
        assert changed(before, now) == ""


# --- order -------------------------------------------------------------------------


def test_what_is_to_be_mended_comes_first_and_the_overview_says_what_it_is():
    missing = make_exercise("mlp", make_test("A", Verdict.NOT_RUN), verdict=Verdict.MISSING)
    page = opened(
        make_student("ada", make_exercise("conv2d", make_test("One")), missing, failing()),
    )
    assert page.within("h2") == ["Overview", "What to look at", "Not handed in", "Passed"]
    found = re.findall(r'<div class="exercise" id="(.*?)">', page.source)
    assert found == ["exercise-3", "exercise-2", "exercise-1"]
    overview = page.text.partition("Overview")[2].partition("What to look at")[0]
    assert "Your code raised ZeroDivisionError and did not return a result." in overview
    assert overview.index("conv2d") < overview.index("mlp") < overview.index("softmax")


def test_where_verdicts_are_all_that_is_told_there_is_no_lead():
    hidden = make_exercise("softmax", make_test("Works", ERROR, raised(), visibility=Visibility.HIDDEN))
    report = make_student("ada", hidden, make_exercise("conv2d", make_test("One")))
    said = student_page(report.for_student(Reveal.VERDICT)).decode()
    assert 'class="lead"' not in said
    assert 'class="lead"' in student_page(report.for_student(Reveal.DIFFERENCES)).decode()
