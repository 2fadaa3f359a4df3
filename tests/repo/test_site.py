"""The docs as a site: built without a warning, complete, and whole on its own.

Building it takes a few seconds and is part of `make test`; pages are opened in a
browser by the slow tests.
"""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grader.findings import Finding
from tests.grader.manual.test_commands import COMMANDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(str(path.relative_to(DOCS).with_suffix("")) for path in DOCS.rglob("*.md"))
CHROMIUM = shutil.which("chromium")
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "video": "src"}


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """What `make docs` does."""
    recipe = (ROOT / "Makefile").read_text().partition("\ndocs: ")[2].splitlines()[1]
    words = recipe.strip().removeprefix("@$(BIN)/python ").split()
    assert words[-2:] == ["docs", "build/site"]
    command = [sys.executable, *words[:-2], str(source), str(target)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site") / "built"
    done = build(DOCS, target)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return target


class Built(HTMLParser):
    """A built page: what it loads, where it leads, what can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.names: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in LOADED and values.get("rel") not in ("next", "prev", "search", "index"):
            self.loads.append(values.get(LOADED[tag], ""))
        if tag == "a":
            self.leads.append(values.get("href", ""))
        if "id" in values:
            self.names.add(values["id"])


def elsewhere(text: str) -> list[str]:
    """What a style sheet loads from elsewhere."""
    return re.findall(r"""(?:url\(\s*|@import\s+)["']?((?:https?:)?//[^"')]+)""", text)


def test_every_page_is_built_and_is_in_the_navigation_of_the_first(site: Path) -> None:
    first = Built(site / "index.html")
    for page in PAGES:
        assert (site / f"{page}.html").exists(), page
        assert page == "index" or f"{page}.html" in first.leads, page


def test_the_site_asks_for_nothing_from_elsewhere(site: Path) -> None:
    pages, sheets = [*site.rglob("*.html")], [*site.rglob("*.css")]
    assert len(pages) > len(PAGES)
    assert sheets
    for page in pages:
        away = [each for each in Built(page).loads if re.match(r"(?!data:)[a-z]+:|//", each)]
        assert not away, page
        assert not elsewhere(page.read_text()), page
    for sheet in sheets:
        assert not elsewhere(sheet.read_text()), sheet


def test_what_comes_from_elsewhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<link rel="stylesheet" href="https://a.org/x.css"><img src="//a.org/x.png">')
    assert Built(page).loads == ["https://a.org/x.css", "//a.org/x.png"]
    assert elsewhere("@import 'https://a.org/y.css'; a { src: url(//a.org/f.woff) }") == [
        "https://a.org/y.css",
        "//a.org/f.woff",
    ]


def test_every_link_within_the_site_finds_its_place(site: Path) -> None:
    built = {page.resolve(): Built(page) for page in site.rglob("*.html")}
    for page, what in built.items():
        for target in what.leads:
            path, _, name = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            to = (page.parent / path).resolve() if path else page
            assert to.exists(), f"{page.name}: {target}"
            assert not name or name in built[to].names, f"{page.name}: {target}"


def test_codes_commands_and_what_is_not_promised_can_be_linked_to(site: Path) -> None:
    codes = {each.model_fields["code"].default for each in Finding.__args__[0].__args__}  # type: ignore[attr-defined]
    assert codes <= Built(site / "findings.html").names
    assert {name.replace(" ", "-") for name in COMMANDS} <= Built(site / "commands.html").names
    assert "what-is-not-promised" in Built(site / "security.html").names


BROKEN = {
    "[a page that is not there](nowhere.md)": "nowhere",
    "[a heading that is not there](#missing)": "missing",
    "```nolanguage\nx\n```": "nolanguage",
    "#### A heading three levels below": "Non-consecutive header level",
}


def test_broken_pages_break_the_build_and_are_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy(DOCS / "conf.py", tmp_path / "docs")
    for number, text in enumerate(["", *BROKEN]):
        name = f"page{number}" if number else "index"
        (tmp_path / f"docs/{name}.md").write_text(f"# A page\n\n{text}\n")
    done = build(tmp_path / "docs", tmp_path / "built")
    assert done.returncode != 0
    for number, said in enumerate(BROKEN.values(), start=1):
        assert re.search(rf"page{number}\.md.*{said}", done.stderr), done.stderr


def test_a_page_that_the_first_one_does_not_list_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    shutil.copy(DOCS / "conf.py", tmp_path / "docs")
    (tmp_path / "docs/index.md").write_text("# A page\n\n## For all\n\n- [Its name](listed.md): one.\n")
    for name in ("listed", "forgotten"):
        (tmp_path / f"docs/{name}.md").write_text(f"# The page {name}\n")
    assert build(tmp_path / "docs", tmp_path / "built").returncode == 0
    text = (tmp_path / "built/index.html").read_text()
    shown = re.findall(
        r'caption-text">([^<]+)<|<a class="reference internal" href="(\w+).html">([^<]+)', text
    )
    assert [*dict.fromkeys(shown)] == [
        ("For all", "", ""),
        ("", "listed", "Its name"),
        ("More", "", ""),
        ("", "forgotten", "The page forgotten"),
    ]


# --- in a browser -------------------------------------------------------------------

OPENED = ("index", "quick-start/student", "commands", "security", "findings")
SCREENS = [
    pytest.param(page, width, scheme, id=f"{page}-{width}-{scheme}")
    for page in OPENED
    for width, scheme in ((1300, "light"), (390, "dark"))
]
in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def opened(browser, address: str, **context):
    """A page, and what it asked for from elsewhere or complained of while it was opened."""
    page = browser.new_context(**context).new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda each: complaints.append(each.url))
    page.goto(address)
    return page, complaints


def outside(complaints: list[str]) -> list[str]:
    """Complaints, less the page's own files."""
    return [each for each in complaints if not each.startswith(("file:", "data:"))]


@pytest.mark.slow
@in_a_browser
@pytest.mark.parametrize(("name", "width", "scheme"), SCREENS)
def test_a_page_is_whole_from_a_file(site: Path, browser, name: str, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page, complaints = opened(
        browser,
        (site / f"{name}.html").as_uri(),
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert not outside(complaints)  # before axe, which asks for style sheets itself
    found = axe.Axe().run(page).response["violations"]
    assert not [
        (each["id"], [node["html"][:200] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    page.context.close()


@pytest.mark.slow
@in_a_browser
def test_search_works_from_a_file(site: Path, browser) -> None:
    page, complaints = opened(browser, (site / "index.html").as_uri())
    page.get_by_role("textbox", name="Search").fill("accept-missing")
    page.keyboard.press("Enter")
    page.wait_for_selector("ul.search li")
    assert any("commands.html" in link.get_attribute("href") for link in page.locator("ul.search a").all())
    assert not outside(complaints)
    page.context.close()
