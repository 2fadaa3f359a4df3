"""The class's page: who stands where, what they share and what was odd; nothing in it acts but our script."""

import base64
import hashlib
import json
import re

import pytest

from grader.findings import Relation
from grader.pages import write_staff_page
from grader.pages.class_page import as_data, class_page, write_class_page
from grader.pages.histogram import BARS, histogram
from grader.pages.links import links
from grader.pages.roll import LOWERED, NOT_THEIRS, NOTED, SLOWEST, UNREAD, Roll
from grader.report.class_counts import ClassCounts
from grader.report.examples import EXAMPLES
from grader.report.files import folder_name, write_student
from grader.report.model import MistakeReport, Override
from grader.verdicts import Blame, Isolation, Reveal, Verdict, Visibility
from tests.grader.pages.opened import ACTIVE, Page
from tests.grader.report.conftest import ENVIRONMENT, make_exercise, make_run, make_student, make_test
from tests.grader.report.test_html import HOSTILE

WRONG, ERROR, PASSED = Verdict.WRONG_ANSWER, Verdict.ERROR, Verdict.PASSED
OURS = {
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "tabindex", "aria-label",
    "aria-labelledby", "aria-sort", "scope", "role", "type", "hidden", "style", "value", "autocomplete",
    "spellcheck", "maxlength", "data-list", "data-label", "data-by", "viewbox", "x", "y", "width", "height",
    "rx", "x1", "x2", "y1", "y2",
}  # fmt: skip


def hidden(title="a test", verdict=PASSED, *findings, **fields):
    return make_test(title, verdict, *findings, visibility=Visibility.HIDDEN, **fields)


def mistake(name="no_max_shift"):
    told = "The exponential is taken as it is."
    return MistakeReport(name=name, headline=told, explanation="e", question="q", section="s", tests=1)


def failing(student="ada", verdict=WRONG, *findings, **fields):
    exercise = make_exercise("softmax", hidden("Small", verdict, *findings), hidden("Large"), **fields)
    return make_student(student, exercise)


def gathered(*students):
    roll, counts = Roll(), ClassCounts()
    assert list(counts.passing(roll.passing(students))) == list(students)
    return roll, counts.report()


def source(tmp_path, *students, **fields):
    roll, report = gathered(*students)
    run = make_run().model_copy(update=fields)
    return class_page(run, report, roll, tmp_path)


def opened(tmp_path, *students, **fields):
    return Page(source(tmp_path, *students, **fields))


def rows(page):
    return re.findall(r"<tr><th scope=\"row\" class=\"name\">.*?</tr>", page.source)


def said(page):
    """What is read, with no room before a comma or a colon that follows an element."""
    return re.sub(" ([,:])", r"\1", page.text)


def read(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- the grid ---------------------------------------------------------------------


def test_each_student_has_a_row_with_what_counts(tmp_path):
    conv = make_exercise("conv2d", hidden(), seconds=0.25)
    page = opened(
        tmp_path,
        make_student("ada", *failing().exercises, conv),
        make_student("bob", make_exercise("softmax", hidden("a"), hidden("b"))),
    )
    assert [read(row) for row in rows(page)] == [
        "ada 4 2 wrong answer 2 passed 1.8",
        "bob 4 4 passed 1.5",  # bob's run had no conv2d
    ]
    assert "softmax of 4" in page.text
    assert "conv2d of 2" in page.text


def test_a_mark_that_tests_did_not_make_has_a_star(tmp_path):
    settled = failing(final=3, override=Override(score=3, reason="r"))
    page = opened(tmp_path, settled.model_copy(update={"final": 3.0, "final_max": 4.0}))
    assert "ada 3 3* wrong answer" in page.text
    assert "* is a mark that is not the points" in page.text
    assert "*" not in opened(tmp_path, failing(final=2)).text


def test_it_links_to_what_there_is(tmp_path):
    page = opened(tmp_path, failing())
    assert [href for href in page.values("href") if not href.startswith("#")] == []
    odd = failing("=1+1/../x")
    own = write_student(odd, tmp_path, Reveal.MESSAGES)
    for name in ("report.html", "a b#?.graded.html", "a b#?.graded.ipynb"):
        (own / name).write_bytes(b"")
    hrefs = [href for href in opened(tmp_path, odd).values("href") if not href.startswith("#")]
    base = f"students/{folder_name(odd.student)}".replace("=", "%3D").replace("+", "%2B")
    assert hrefs[:4] == [
        f"{base}/report.html",
        f"{base}/report.txt",
        f"{base}/report.json",
        f"{base}/a%20b%23%3F.graded.html",
    ]
    assert {href.partition("#")[0] for href in hrefs} == set(hrefs[:4])


def test_a_name_leads_to_the_page_for_staff(tmp_path):
    write_student(failing(), tmp_path, Reveal.MESSAGES)
    write_staff_page(failing(), [], tmp_path)
    assert [(link.href, link.words) for link in links(tmp_path, "ada")] == [
        ("staff/ada.html", "for staff"),
        ("students/ada/report.txt", "text"),
        ("students/ada/report.json", "data"),
    ]
    page = opened(tmp_path, failing())
    assert '<a href="staff/ada.html">ada</a>' in page.source


def test_who_made_a_mistake_is_linked_to_where_it_is_told(tmp_path):
    known = EXAMPLES["values-differ"].model_copy(update={"mistake": "no_max_shift"})
    conv = make_exercise("conv2d", hidden())
    wrong = failing("ada", WRONG, known, mistakes=(mistake(),))
    report = make_student("ada", conv, *wrong.exercises)
    write_student(report, tmp_path, Reveal.MESSAGES)
    assert "#exercise-2" not in opened(tmp_path, report).source  # a text has no places
    write_staff_page(report, [], tmp_path)
    hrefs = [href for href in opened(tmp_path, report).values("href") if href.startswith("staff")]
    assert [href for href in hrefs if "#" in href] == ["staff/ada.html#exercise-2"]
    page = Page((tmp_path / "staff/ada.html").read_bytes())
    assert "exercise-2" in page.values("id")


def test_without_a_page_the_text_is_what_the_name_leads_to(tmp_path):
    write_student(failing(), tmp_path, Reveal.MESSAGES)
    first, *others = links(tmp_path, "ada")
    assert first.href == "students/ada/report.txt"
    assert [link.words for link in others] == ["data"]


def test_the_data_is_linked_where_it_is(tmp_path):
    (tmp_path / "run.json").write_bytes(b"{}")
    page = opened(tmp_path, failing())
    assert [href for href in page.values("href") if not href.startswith("#")] == ["run.json"]
    assert "as data is in run.json , the marks in grades.csv." in page.text


def test_nobody_is_no_failure(tmp_path):
    assert "0 students" in opened(tmp_path).text


# --- what is shared, and what was odd ---------------------------------------------


def test_mistakes_are_ranked_with_who_made_them(tmp_path):
    known = EXAMPLES["values-differ"].model_copy(update={"mistake": "no_max_shift"})
    made = [failing(f"s{i:02}", WRONG, known, mistakes=(mistake(),)) for i in range(10)]
    rare = failing("zoe", WRONG, known, mistakes=(mistake("rare"),))
    page = opened(tmp_path, *made, rare)
    assert "10 of 11 (91%) softmax no_max_shift: The exponential is taken as it is. s00, s01" in said(page)
    assert "s07 and 2 more Show" in page.text
    assert page.text.index("no_max_shift") < page.text.index("rare")
    data = lists(page)
    assert data[0] == list(range(10))
    assert data[1] == [10]


def lists(page):
    (found,) = re.findall(r'<script type="application/json" id="lists">(.*?)</script>', page.source)
    return json.loads(found)


def test_findings_without_a_mistake_say_what_those_who_have_it_share(tmp_path):
    squeezed = EXAMPLES["shape-differs"].model_copy(update={"relation": Relation(kind="squeezed")})
    page = opened(tmp_path, failing("ada", WRONG, squeezed), failing("bob"))
    assert "1 of 2 (50%) softmax shape-differs: squeezed ada" in said(page)


def test_hidden_tests_stand_with_those_to_look_at_first(tmp_path):
    page = opened(tmp_path, *(failing(f"s{i}", WRONG, EXAMPLES["values-differ"]) for i in range(3)))
    assert "softmax Small 3 0% softmax Large 3 100%" in page.text


@pytest.mark.parametrize(
    ("report", "kind"),
    [
        (failing("ada", Verdict.TIMED_OUT, EXAMPLES["timed-out"]), "Timed out"),
        (failing("ada", Verdict.CRASHED, EXAMPLES["crashed"]), "Crashed"),
        (failing("ada", Verdict.OUT_OF_MEMORY, EXAMPLES["out-of-memory"]), "Out of memory"),
        (failing("ada", Verdict.FORBIDDEN, EXAMPLES["forbidden-used"]), "Forbidden"),
        (failing("ada", Verdict.UNSTABLE, EXAMPLES["unstable"]), "Unstable"),
        (failing(findings=(EXAMPLES["unreadable-file"],)), UNREAD),
        (failing(notes=("Something was left out.",)), NOTED),
        (make_student("ada", make_exercise("softmax", hidden("a", ERROR, blame=Blame.GRADER))), NOT_THEIRS),
        (failing("ada", ERROR, EXAMPLES["grader-fault"]), NOT_THEIRS),
    ],
)
def test_what_was_odd_is_told(report, kind, tmp_path):
    roll, _ = gathered(make_student("abe", make_exercise("softmax", hidden())), report)
    assert roll.odd == {kind: {1: ("softmax",)}}
    assert f"{kind}: 1 student" in opened(tmp_path, report).text


def test_a_mild_oddity_is_not_hidden_by_a_grave_one():
    tests = (hidden("a", Verdict.UNSTABLE), hidden("b", Verdict.CRASHED), hidden("c", Verdict.CRASHED))
    roll, _ = gathered(make_student("ada", make_exercise("softmax", *tests)))
    assert roll.odd == {"Crashed": {0: ("softmax",)}, "Unstable": {0: ("softmax",)}}


def test_lower_isolation_is_told_of_whom_it_was(tmp_path):
    low = ENVIRONMENT.model_copy(update={"isolation_level": Isolation.PROCESS, "isolation": ()})
    students = failing("ada"), failing("bob").model_copy(update={"environment": low})
    page = opened(tmp_path, *students, environment=low)
    assert f"{LOWERED}: 1 student" in page.text
    assert "Isolation: process. Student code ran without a sandbox" in page.text
    assert "Student code ran without" not in opened(tmp_path, *students).text


def test_submissions_that_no_explanation_fitted_are_named(tmp_path):
    page = opened(tmp_path, failing("ada", WRONG, EXAMPLES["shape-differs"]))
    assert "No explanation fitted: 1 student" in page.text


def test_the_slowest_are_told_slowest_first(tmp_path):
    students = [failing(f"s{i:02}", seconds=float(i % 20)) for i in range(40)]
    roll, _ = gathered(*students)
    assert len(roll.slowest) == SLOWEST
    text = said(opened(tmp_path, *students))
    assert "softmax 40 9.5 19.0 380.0" in text
    assert "The slowest s19, softmax: 19.0 s s39, softmax: 19.0 s s18" in text


def test_what_is_not_there_takes_no_time():
    missing = make_exercise("softmax", hidden("a", Verdict.NOT_RUN), verdict=Verdict.MISSING, seconds=9)
    roll, _ = gathered(make_student("ada", missing))
    assert (roll.slowest, roll.seconds) == ([], {})


# --- the bars ---------------------------------------------------------------------


def test_every_share_is_in_a_bar():
    shares = [0, 0.0999, 0.1, 0.3, 0.7, 0.999, 1, 1.2]
    many = [bar.many for bar in histogram(shares).bars]
    assert (len(many), sum(many)) == (BARS, len(shares))
    assert many == [1, 2, 0, 1, 0, 0, 0, 1, 0, 3]


def test_the_bars_stand_in_a_table_too(tmp_path):
    page = opened(tmp_path, failing())
    assert "50 to 60 1" in page.text
    assert page.tags.count("rect") == BARS


# --- nothing acts -----------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_stays_text(text, tmp_path):
    finding = EXAMPLES["exception"].model_copy(update={"type": text, "message": text, "kind": None})
    ill = failing(text or "x", ERROR, finding, notes=(text,), files=(text,))
    plain = failing("x", ERROR, finding, notes=("x",), files=("x",))
    pages = []
    for report, note in ((ill, text), (plain, "x")):
        write_student(report, tmp_path, Reveal.MESSAGES)
        linked = report.model_copy(update={"student": report.student + "?"})  # one without files to link to
        pages.append(opened(tmp_path, report, linked, notes=(note,)))
    page, like = pages
    assert page.tags == like.tags
    assert (page.open, page.crossed) == ([], [])
    assert {name for _, name, _ in page.attributes} <= OURS
    assert not ACTIVE.search(page.source)
    assert len(page.source) - len(like.source) < 20_000


def test_a_long_name_is_cut_and_leads_to_the_whole(tmp_path):
    ill = failing("n" * 300)
    write_student(ill, tmp_path, Reveal.MESSAGES)
    page = opened(tmp_path, ill)
    assert "n" * 61 not in page.text
    assert "(240 more characters)" in page.text
    assert page.values("href")[-1].startswith("students/n")


def test_data_cannot_end_its_element():
    data = ["</script><!--", "&", "\u2028\u2029", "\ud800", "é"]
    text = str(as_data(data))
    assert json.loads(text) == data
    assert not set("<>&\u2028\u2029") & set(text)
    assert text.isascii()


def test_only_our_script_runs_and_nothing_is_asked_for(tmp_path):
    page = opened(tmp_path, failing())
    data, script = (data for tags, data in page.texts if "script" in tags)
    assert data.startswith("[")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in page.policy
    assert page.policy.startswith("default-src 'none';")
    assert not {"link", "img", "iframe", "object", "base"} & set(page.tags)
    assert not [value for value in page.values("href") if ":" in value]
    assert page.values("style") == ["--exercises: 1"]


def test_it_can_be_walked_through(tmp_path):
    page = opened(tmp_path, failing("ada", Verdict.TIMED_OUT, EXAMPLES["timed-out"], mistakes=(mistake(),)))
    assert page.tags.count("h1") == 1
    assert {"header", "nav", "main", "footer"} <= set(page.tags)
    scopes = [tag for tag, name, _ in page.attributes if (tag, name) == ("th", "scope")]
    assert page.tags.count("th") == len(scopes)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {value[1:] for value in page.values("href") if value.startswith("#")} <= set(ids)


def test_it_is_written_beside_the_gradebook(tmp_path):
    roll, report = gathered(failing())
    write_class_page(make_run(), report, roll, tmp_path)
    assert (tmp_path / "class.html").read_bytes() == class_page(make_run(), report, roll, tmp_path)
