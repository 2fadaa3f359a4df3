"""A student's page for staff shows all; the student's own what the course's level shows, and no more."""

from urllib.parse import quote

import pytest

from grader.findings import ExceptionRaised
from grader.pages import student_page, write_staff_page, write_student_page
from grader.pages.student import Around, staff_page
from grader.report.examples import EXAMPLES, MISTAKES
from grader.report.files import folder_name
from grader.submission import SubmittedFile
from grader.verdicts import Blame, Reveal, Verdict, Visibility
from tests.grader.pages.opened import ACTIVE, Page
from tests.grader.pages.test_heat import PART
from tests.grader.pages.test_student import CODE, failing, handed_in, raised
from tests.grader.report.conftest import make_exercise, make_student, make_test
from tests.grader.report.test_html import HOSTILE

SECRETS = {
    "test_canary_name": (),
    "printed canary": (Reveal.EVERYTHING,),
    "message canary": (Reveal.EVERYTHING, Reveal.MESSAGES),
    "7.2e-19": (Reveal.EVERYTHING, Reveal.MESSAGES, Reveal.DIFFERENCES),
    "0.4711": (Reveal.EVERYTHING, Reveal.MESSAGES, Reveal.DIFFERENCES),
    "return x / 0 # line": (Reveal.EVERYTHING, Reveal.MESSAGES, Reveal.DIFFERENCES),
    "What a hidden test is about": tuple(Reveal),
}
"""What only some levels show of a hidden test, and at which; the last is always told."""


def whole():
    frames = raised(text="return x / 0 # line").frames
    error = ExceptionRaised(call="softmax(x)", type="ValueError", message="message canary", frames=frames)
    part = PART.model_copy(update={"yours": ("0.4711 nan 1e-9", "-inf 2 0")})
    entry = EXAMPLES["values-differ"].entries[0].model_copy(update={"allowed": 7.2e-19})
    values = EXAMPLES["values-differ"].model_copy(
        update={"excerpt": part, "shape": (2, 3), "entries": (entry,)}
    )
    hidden = {"visibility": Visibility.HIDDEN, "name": "test_canary_name", "output": "printed canary"}
    tests = [
        make_test("What a hidden test is about", Verdict.ERROR, error, **hidden),
        make_test("Another", Verdict.WRONG_ANSWER, values, worst_error=None, **hidden),
    ]
    return make_student("ada", make_exercise("softmax", *tests, mistakes=MISTAKES[:1]))


@pytest.mark.parametrize("level", Reveal)
def test_a_students_page_holds_what_the_level_shows_and_no_more(level, tmp_path):
    place = write_student_page(whole().for_student(level), [], tmp_path)
    source = place.read_text()
    assert {said for said in SECRETS if said in source} == {
        said for said, levels in SECRETS.items() if level in levels
    }


@pytest.mark.parametrize("level", Reveal)
def test_what_came_before_is_told_by_titles_and_points_alone(level):
    before = {"softmax": whole().exercises[0].for_student(level)}
    now = make_student("ada", make_exercise("softmax", make_test("What a hidden test is about")))
    source = student_page(now.for_student(level), before=before).decode()
    assert "passes now" in source
    assert {said for said in SECRETS if said in source} == {"What a hidden test is about"}


def test_staff_see_all_of_it_and_get_to_the_students_page(tmp_path):
    place = write_staff_page(whole(), [handed_in(SubmittedFile("softmax.py", CODE))], tmp_path)
    assert place == tmp_path / "staff" / "ada.html"
    page = Page(place.read_bytes())
    assert [said for said in SECRETS if said not in page.source] == []
    assert "For staff" in page.text
    assert "../students/ada/report.html" in page.values("href")
    assert page.within("mark")[-1] == "return x / 0"
    assert "The code" in page.text
    assert "Your" not in page.text.replace("Your code raised", "")


def test_every_test_has_a_line_for_staff(tmp_path):
    tests = [
        make_test("One", name="test_one", worst_error=0.25, seconds=1.5),
        make_test("Two", Verdict.ERROR, EXAMPLES["grader-fault"], name="test_two", blame=Blame.GRADER),
    ]
    page = Page(staff_page(make_student("ada", make_exercise("softmax", *tests)), [], Around({}, {}, {})))
    assert "test_one One passed 2 of 2 points 1.50 0.25" in page.text
    assert "test_two Two error grader 0 of 2 points" in page.text


def test_the_staffs_page_is_not_among_the_students_files(tmp_path):
    report = whole()
    write_student_page(report.for_student(Reveal.VERDICT), [], tmp_path)
    write_staff_page(report, [], tmp_path)
    assert [path.name for path in (tmp_path / "students/ada").iterdir()] == ["report.html"]
    assert [path.name for path in (tmp_path / "staff").iterdir()] == ["ada.html"]


def test_a_notebook_is_linked_from_there(tmp_path):
    report = make_student("=a #1/..", failing())
    notebooks = {"softmax": "hw #1.graded.html"}
    place = write_staff_page(report, [], tmp_path, notebooks, lambda: {"softmax": {1: "x = 1"}})
    assert place.stem == folder_name(report.student)
    hrefs = [href for href in Page(place.read_bytes()).values("href") if href.startswith("..")]
    own = f"../students/{quote(folder_name(report.student), safe='')}"
    assert hrefs == [f"{own}/report.html", f"{own}/hw%20%231.graded.html"]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_text_there_too(kind):
    def spoiled(text):
        test = make_test(text, Verdict.ERROR, raised(), output=text, name=text)
        exercise = make_exercise("softmax", test, notes=(text,), title=text)
        report = make_student(text, exercise, notes=(text,), course=text)
        before = {"softmax": make_exercise("softmax", make_test(text + "before"), make_test(text, score=2))}
        return Page(staff_page(report, [], Around({}, {"softmax": {1: text}}, before)))

    page, plain = spoiled(HOSTILE[kind]), spoiled("plain")
    assert page.tags == plain.tags
    assert page.script == plain.script
    assert page.open == page.crossed == []
    assert not ACTIVE.search(page.source)
    assert len(page.source) < 100_000
