"""The class's page in a browser: it sorts, filters, fits, asks for nothing; without script it is a table."""

import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlparse

import pytest

from grader.pages import write_staff_page, write_student_page
from grader.pages.class_page import class_page
from grader.pages.roll import Roll
from grader.report.class_counts import ClassCounts
from grader.report.examples import EXAMPLES
from grader.report.files import write_student
from grader.report.model import MistakeReport
from grader.verdicts import Reveal, Verdict, Visibility
from tests.grader.report.conftest import make_exercise, make_run, make_student, make_test
from tests.grader.report.test_html import HOSTILE

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")]

WRONG, LATE, PASSED = Verdict.WRONG_ANSWER, Verdict.TIMED_OUT, Verdict.PASSED
KNOWN = EXAMPLES["values-differ"].model_copy(update={"mistake": "no_max_shift"})
MISTAKE = MistakeReport(
    name="no_max_shift", headline="What it does.", explanation="e", question="q", section="s", tests=1
)


def exercise(name, first, second=PASSED):
    findings = {PASSED: (), WRONG: (KNOWN,), LATE: (EXAMPLES["timed-out"],)}
    tests = [
        make_test(title, verdict, *findings[verdict], visibility=Visibility.HIDDEN)
        for title, verdict in (("One", first), ("Two", second))
    ]
    return make_exercise(name, *tests, mistakes=(MISTAKE,) if WRONG in (first, second) else ())


def students():
    yield make_student("ada", exercise("softmax", PASSED), exercise("conv2d", WRONG))
    yield make_student("bob", exercise("softmax", WRONG, WRONG), exercise("conv2d", PASSED))
    yield make_student("cem", exercise("softmax", LATE), exercise("conv2d", LATE))
    yield make_student("dan 2", exercise("softmax", PASSED))
    yield make_student("dan 10", exercise("softmax", PASSED), exercise("conv2d", PASSED))
    yield from (make_student(f"zoe {text[:300]}", exercise("softmax", PASSED)) for text in HOSTILE.values())


ALL = [*("ada", "bob", "cem", "dan 2", "dan 10"), *(["zoe"] * len(HOSTILE))]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    roll, counts = Roll(), ClassCounts()
    for report in counts.passing(roll.passing(students())):
        write_student(report, out, Reveal.MESSAGES)
    page = class_page(make_run(), counts.report(), roll, out)
    (out / "class.html").write_bytes(page)
    return (out / "class.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, place):
    """Opens the page and has it watched: what goes wrong and what it asks for."""
    contexts = []

    def visit(width=1280, **choices):
        context = browser.new_context(viewport={"width": width, "height": 800}, **choices)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(place)
        return page

    yield visit
    for context in contexts:
        context.close()


def names(page):
    """The students in sight, in order; what is behind the first name of a hostile one is left out."""
    # Not as they are drawn: a row that has just come into sight may not be drawn yet.
    told = page.locator("#grid tbody tr:not([hidden]) th").all_text_contents()
    return [name if not name.startswith("zoe") else "zoe" for name in told]


def heads(page):
    return page.locator("#grid thead th").evaluate_all("(all) => all.map((it) => it.ariaSort)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_can_be_read_by_anybody(visit, place, width, scheme):
    page = visit(width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = axe.Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert (page.said, page.asked) == ([], [place])


def test_a_button_in_each_header_sorts(visit):
    page = visit()
    assert names(page) == ALL
    assert heads(page) == ["ascending", "none", "none", "none", "none", None]
    total = page.get_by_role("button", name="total")
    total.focus()
    page.keyboard.press("Enter")
    assert heads(page)[:3] == ["none", "descending", "none"]
    assert names(page)[:2] == ["dan 10", "ada"]
    page.keyboard.press("Space")
    assert heads(page)[:3] == ["none", "ascending", "none"]
    assert names(page)[-2:] == ["ada", "dan 10"]
    page.get_by_role("button", name="student").click()
    page.get_by_role("button", name="student").click()
    assert heads(page)[:2] == ["descending", "none"]
    assert names(page)[-5:] == ["dan 10", "dan 2", "cem", "bob", "ada"]


def test_who_has_no_number_stands_last_both_ways(visit):
    page = visit()
    column = page.locator("#grid").get_by_role("button", name="conv2d")
    column.click()
    assert names(page)[:4] == ["bob", "dan 10", "ada", "cem"]  # equal points: by the verdict
    column.click()
    assert names(page)[:4] == ["cem", "ada", "bob", "dan 10"]
    assert "dan 2" in names(page)[4:]


def test_rows_are_narrowed_by_text_verdict_and_exercise(visit):
    page = visit()
    shown = page.get_by_role("status")
    page.get_by_label("Text").fill("DAN")
    assert names(page) == ["dan 2", "dan 10"]
    assert shown.inner_text() == f"2 of {len(ALL)} students"
    page.get_by_label("Text").fill("")
    page.get_by_label("Verdict").select_option("wrong answer")
    assert names(page) == ["ada", "bob"]
    page.get_by_label("Exercise").select_option("conv2d")
    assert names(page) == ["ada"]
    page.get_by_label("Verdict").select_option("")
    assert names(page) == ["ada", "bob", "cem", "dan 10"]
    page.get_by_role("button", name="Show everybody").click()
    sync_api.expect(page.get_by_role("status")).to_have_text(f"{len(ALL)} students")
    assert names(page) == ALL


def test_who_made_a_mistake_is_shown_in_the_table_however_it_is_sorted(visit):
    page = visit()
    page.get_by_label("Text").fill("zoe")
    page.get_by_role("button", name="student").click()
    page.get_by_role("button", name="Show in the table: softmax: no_max_shift").click()
    assert names(page) == ["bob"]
    assert page.get_by_role("status").inner_text() == f"1 of {len(ALL)} students: softmax: no_max_shift"
    page.wait_for_timeout(50)
    assert names(page) == ["bob"]
    page.get_by_role("button", name="Show everybody").click()
    sync_api.expect(page.get_by_role("status")).to_have_text(f"{len(ALL)} students")


def test_without_script_it_is_a_plain_table(visit):
    page = visit(java_script_enabled=False)
    told = page.locator("#grid tbody tr th").all_inner_texts()
    assert told[:5] == ALL[:5]
    assert page.locator("button:visible").count() == 0
    assert not page.locator("#tools").is_visible()


def test_it_stays_a_table_for_a_screen_reader(visit):
    row = visit().locator("#grid tbody tr").nth(1)
    assert row.aria_snapshot().splitlines()[0].startswith('- row "bob 4 0 wrong answer 4 passed 3.0')
    assert (row.get_by_role("rowheader").count(), row.get_by_role("cell").count()) == (1, 5)


def test_paper_has_every_row_that_is_shown(visit):
    page = visit()
    page.get_by_label("Verdict").select_option("wrong answer")
    page.emulate_media(media="print")
    assert names(page) == ["ada", "bob"]
    assert not page.locator("#tools").is_visible()
    box = page.locator("#rows").evaluate(
        "(it) => [it.scrollHeight - it.clientHeight, it.scrollWidth - it.clientWidth]"
    )
    assert box == [0, 0]


def test_links_lead_from_page_to_page_in_a_subfolder_of_a_server(browser, place, tmp_path):
    """A folder below the root; nothing is asked for but the pages."""
    out = tmp_path / "courses" / "dl 1"
    shutil.copytree(Path(unquote(urlparse(place).path)).parent, out)
    bob = next(each for each in students() if each.student == "bob")
    write_student_page(bob.for_student(Reveal.MESSAGES), [], out)
    write_staff_page(bob, [], out)
    roll, counts = Roll(), ClassCounts()
    for _ in counts.passing(roll.passing([bob])):
        pass
    (out / "class.html").write_bytes(class_page(make_run(), counts.report(), roll, out))
    handler = partial(Quiet, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page, asked = browser.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        root = f"http://127.0.0.1:{server.server_port}/courses/dl%201"
        page.goto(f"{root}/class.html")
        page.locator("#mistakes ~ div").get_by_role("link", name="bob").first.click()
        page.wait_for_url(f"{root}/staff/bob.html#exercise-1", timeout=5000)
        page.get_by_role("link", name="The page that the student opens").click()
        page.wait_for_url(f"{root}/students/bob/report.html", timeout=5000)
        assert page.get_by_role("heading", name="bob").is_visible()
        page.close()
        server.shutdown()
    assert [each.removeprefix(root) for each in asked if "favicon" not in each] == [
        "/class.html",
        "/staff/bob.html",
        "/students/bob/report.html",
    ]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing."""

    def log_message(self, *said):
        pass
