"""The live page in a browser, while a real run grades: it fills itself and asks for nothing elsewhere."""

import shutil
import signal
import subprocess
import time

import pytest

from grader.report.examples import EXAMPLES
from grader.verdicts import Verdict
from tests.grader.report.test_html import HOSTILE
from tests.grader.serve.a_run import GRADER, ARun, Server, exercise
from tests.grader.tiny import make_course

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")]

expect = sync_api.expect
LATE = Verdict.TIMED_OUT


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Opens a server's page and has it watched: what goes wrong and what it asks for."""
    contexts = []

    def visit(server, width=1280, **choices):
        context = browser.new_context(viewport={"width": width, "height": 800}, **choices)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(server.link)
        return page

    yield visit
    for context in contexts:
        context.close()


def names(page):
    return page.locator("#body tr:not([hidden]) th").all_text_contents()


def violations(page):
    found = axe.Axe().run(page).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def loaded_once(page, server):
    """The page itself was asked for once, and nothing but its events after that; nothing went wrong."""
    assert page.said == []
    assert page.asked[0] == server.link
    assert all(address.startswith(f"{server.link}events?after=") for address in page.asked[1:])
    return True


@pytest.fixture
def course(tmp_path):
    """A tiny course, and three who hand in its exercise."""
    root = make_course(tmp_path / "course").root
    for name in ("ada", "<b>bob", "cem"):
        (root / "submissions" / name).mkdir(parents=True)
    return root


def test_it_follows_a_real_run_from_nothing_to_the_end(visit, course, tmp_path):
    reports = tmp_path / "reports"
    exercise_name = next(path.name for path in (course / "exercises").iterdir())
    source = (course / "reference" / exercise_name / "solution.py").read_text()
    slow = "import time\ntime.sleep(1.5)\n" + source
    for folder in (course / "submissions").iterdir():
        (folder / f"{exercise_name}.py").write_text(slow)
    with Server(reports) as server:
        page = visit(server)
        expect(page.locator("h1")).to_have_text("Nothing graded here yet")
        asked = [GRADER, "--course", course, "grade", course / "submissions", "--out", reports]
        run = subprocess.Popen([*asked, "--isolation", "process", "--jobs", "1"], stdout=-1, stderr=-1)
        try:
            expect(page.locator("h1")).to_have_text("Grading", timeout=60_000)
            expect(page.locator("#numbers")).to_contain_text("of 3 students done")
            expect(page.locator("#running li").first).to_contain_text(exercise_name, timeout=60_000)
            page.locator("#body a").first.wait_for(timeout=60_000)  # one is done, with a page
            done_then = page.locator("#body a").count()
            assert page.locator("h1").inner_text() == "Grading"
            assert page.evaluate("scrollTo(0, 50); window.kept = 1") == 1
            link = page.locator("#body a").first
            _, headers, _ = server.ask(link.get_attribute("href"))
            assert headers["content-type"].startswith("text/html")
            assert b"The class so far" in server.ask("class.html")[2]
            expect(page.locator("h1")).to_have_text("Graded", timeout=120_000)
            assert run.wait(60) == 0, run.stderr.read()
        finally:
            run.kill()
            run.communicate()
        assert done_then < 3
        expect(page.locator("#body a")).to_have_count(3)
        assert page.evaluate("window.kept") == 1  # it was never loaded again
        assert names(page) == ["<b>bob", "ada", "cem"]
        expect(page.get_by_role("link", name="The class", exact=True)).to_be_visible()
        assert b"so far" not in server.ask("class.html")[2]
        assert loaded_once(page, server)
        page.locator("#body a", has_text="ada").click()
        expect(page.locator("h1")).to_be_visible()
        page.go_back()
        page.get_by_role("link", name="The class", exact=True).click()
        expect(page.locator("#grid tbody tr")).to_have_count(3)
        assert page.said == []


@pytest.fixture
def served(tmp_path):
    """A run with hostile names and something odd, and its server."""
    with ARun(tmp_path / "reports") as run, Server(run.folder) as server:
        run.done("ada", exercise("softmax", LATE, EXAMPLES["timed-out"]), exercise("conv2d"))
        run.done("dan 10", exercise("softmax"))
        run.done("dan 2", exercise("softmax"))
        run.judged("eve", exercise("softmax"))
        for kind in sorted(set(HOSTILE) - {"surrogate"}):
            run.done(f"zoe {HOSTILE[kind][:300]}", exercise("softmax"))
        run.says(students=40, running=[("eve", "conv2d", time.time() - 3)], ends=time.time() + 90)
        yield run, server


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_can_be_read_by_anybody(visit, served, width, scheme):
    _, server = served
    page = visit(server, width, color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("#running li")).to_have_count(1)
    expect(page.locator("#odd dt")).to_have_count(1)
    page.locator("#grid").scroll_into_view_if_needed()
    page.wait_for_timeout(200)  # rows out of sight are laid out when they come into it
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert violations(page) == []
    assert loaded_once(page, server)


def test_rows_stand_in_order_and_are_narrowed_while_more_come(visit, served):
    run, server = served
    page = visit(server)
    expect(page.locator("#body tr", has_text="eve")).to_contain_text("2 passed")
    assert names(page)[:4] == ["ada", "dan 2", "dan 10", "eve"]
    page.get_by_label("Text").fill("DAN")
    assert names(page) == ["dan 2", "dan 10"]
    run.done("dan 3", exercise("softmax"))
    run.done("cem", exercise("softmax"))
    expect(page.locator("#body tr:not([hidden])")).to_have_count(3)
    assert names(page) == ["dan 2", "dan 3", "dan 10"]
    page.get_by_label("Text").fill("")
    assert names(page)[:3] == ["ada", "cem", "dan 2"]
    expect(page.locator("#odd")).to_contain_text("ada softmax")
    run.done("ada", exercise("softmax"), exercise("conv2d"))  # again, and better
    expect(page.locator("#body tr", has_text="ada").first.locator("td").first).to_have_text("4")
    assert names(page)[:3] == ["ada", "cem", "dan 2"]
    expect(page.locator("#by-oddity")).to_be_hidden()
    run.journal.withdraw(run.run, "dan 2")
    expect(page.locator("#body th", has_text="dan 2")).to_have_count(0)
    assert loaded_once(page, server)


def test_a_page_that_nobody_looks_at_holds_no_connection(visit, served):
    run, server = served
    page = visit(server)
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
    hide += "document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); }"
    page.evaluate(hide, True)
    run.done("cem", exercise("softmax"))
    page.wait_for_timeout(2000)
    assert "cem" not in names(page)
    page.evaluate(hide, False)
    expect(page.locator("#body th", has_text="cem")).to_have_count(1)
    assert len(page.asked) == 3


def test_the_end_of_the_server_is_said(visit, served):
    _, server = served
    page = visit(server)
    expect(page.locator("#body tr").first).to_be_visible()
    assert server.end(signal.SIGTERM)[0] == 0
    expect(page.locator("#problem")).to_contain_text("The server has ended")
    page.wait_for_timeout(3000)
    assert page.said == []  # it does not go on asking


def test_without_script_it_leads_to_the_class(visit, served):
    _, server = served
    page = visit(server, java_script_enabled=False)
    page.get_by_role("link", name="the page of the class").click()
    assert page.locator("#grid tbody tr").count() > 3
