"""A student's page in a browser: it asks for nothing, axe has nothing to say, it fits a phone and paper."""

import shutil

import pytest

from grader.findings import Excerpt
from grader.pages import write_staff_page, write_student_page
from grader.report.examples import EXAMPLES, EXPLAINED, MISTAKES
from grader.report.model import AttemptReport
from grader.submission import SubmittedFile
from grader.verdicts import Reveal, Verdict
from tests.grader.pages.test_curves import trained
from tests.grader.pages.test_heat import case, kept
from tests.grader.pages.test_student import CODE, handed_in, raised
from tests.grader.pages.test_writing import USE
from tests.grader.report.conftest import make_exercise, make_student, make_test

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")]


BOOKS = {"cross_entropy": "hw.graded.html"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    attempts = [
        AttemptReport(
            name=name, submitted=None, verdict=Verdict.ERROR, score=1, final=1, counts=name == "two"
        )
        for name in ("one", "two")
    ]
    mistaken = EXPLAINED["A known mistake"][0]
    first = make_exercise(
        "softmax",
        make_test("One", Verdict.ERROR, raised(), output="printed " * 100),
        make_test("Two", Verdict.WRONG_ANSWER, EXAMPLES["values-differ"]),
        make_test("Three", Verdict.WRONG_ANSWER, mistaken),
        make_test("Four"),
        attempt="two",
        attempts=tuple(attempts),
        mistakes=MISTAKES[:1],
    )
    long = CODE + b"# " + b"long " * 1000
    heat = case("[[-0.5, 0.5, 0.]]", "[[-0.25, 0.5, 1.]]").model_copy(update={"name": "mlp"})
    row = " ".join(["-1.234e-05"] * 12)
    part = Excerpt(start=(0, 0, 3), shape=(2, 4, 12), yours=(row,) * 8, expected=(row,) * 8, apart=(row,) * 8)
    wide = kept((2, 4, 50), part).model_copy(update={"name": "cross_entropy", "notebook": USE})
    cells = {
        "cross_entropy": {1: "import torch\n\ndef cross_entropy_grad(x):\n    return " + "x + " * 200 + "x"}
    }
    curves = trained((1.0, 0.75), (1.0, 0.5))
    missing = make_exercise("linear", make_test("One", Verdict.NOT_RUN), verdict=Verdict.MISSING)
    passed = make_exercise("conv2d", make_test("One"))
    report = make_student("ada", passed, first, missing, heat, wide, curves)
    submission = handed_in(SubmittedFile("softmax.py", long), attempt="two")
    out = tmp_path_factory.mktemp("page")
    before = {
        "softmax": make_exercise("softmax", make_test("One"), make_test("Four", Verdict.ERROR, raised()))
    }
    seen = report.for_student(Reveal.EVERYTHING)
    write_student_page(seen, [submission], out, BOOKS, lambda: cells, before)
    write_staff_page(report, [submission], out, BOOKS, lambda: cells, before)
    return {
        "student": (out / "students/ada/report.html").as_uri(),
        "staff": (out / "staff/ada.html").as_uri(),
    }


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

    def visit(width=1000, scheme="light", whose="student"):
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(place[whose])
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1000])
@pytest.mark.parametrize("whose", ["student", "staff"])
def test_it_fits_and_can_be_read_by_anybody(visit, place, whose, width, scheme):
    page = visit(width, scheme, whose)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [
        (each["id"], each["nodes"][0]["html"]) for each in axe.Axe().run(page).response["violations"]
    ] == []
    assert page.said == []
    assert page.asked == [place[whose]]


def test_the_next_step_is_in_sight_on_a_phone(visit):
    """Without scrolling: what to look at in each exercise, and a link that leads there."""
    page = visit(390)
    lead = page.get_by_text("Your code raised ZeroDivisionError").first
    assert lead.is_visible()
    assert lead.bounding_box()["y"] < 800
    page.get_by_role("link", name="softmax").first.press("Enter")
    step = page.locator("#exercise-2 dt", has_text="next").first
    assert step.bounding_box()["y"] < 2 * 800


def test_wide_maps_scroll_by_keyboard_in_their_own_box(visit):
    page = visit(390)
    box = page.locator(".heat").last
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(box) => box.scrollLeft > 0", arg=box.element_handle(), timeout=5000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_smallest_call_is_copied(visit):
    page = visit()
    page.get_by_role("button", name="Copy the call").first.press("Enter")
    page.get_by_text("Copied.").wait_for(timeout=5000)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("cross_entropy_grad(torch.tensor(")
    assert "expected" not in copied


def test_a_script_of_somebody_else_does_not_run(visit):
    page = visit()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'run'";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=\\"document.title='run'\\">");
        }"""
    )
    page.wait_for_timeout(100)
    assert page.title() == "ada: Deep Learning"
    assert any("Content Security Policy" in said for said in page.said)


def test_it_is_printed_on_white(visit):
    page = visit(scheme="dark")
    ground = "getComputedStyle(document.querySelector('{}')).backgroundColor"
    grounds = [ground.format(each) for each in ("body", ".grader")]
    assert "rgb(255, 255, 255)" not in map(page.evaluate, grounds)
    page.emulate_media(media="print", color_scheme="dark")
    assert {page.evaluate(each) for each in grounds} == {"rgb(255, 255, 255)"}


def test_all_of_it_is_printed(visit):
    page = visit()
    page.emulate_media(media="print")
    assert not page.get_by_role("button").first.is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("[...document.querySelectorAll('details')].every(each => each.open)")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("[...document.querySelectorAll('details')].every(each => each.open)")
    assert page.get_by_text("printed printed").first.is_visible()  # where no script runs, too
