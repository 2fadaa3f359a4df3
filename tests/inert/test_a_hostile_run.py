"""A hostile class graded, exported and compared for real: nothing that is printed or written acts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.similar.report import Similarity
from tests.inert import hostile_run, judged_markup, judged_tables, judged_words
from tests.inert.corpus import KINDS, WORD
from tests.inert.hostile_class import a_class
from tests.inert.hostile_run import Graded
from tests.inert.renderers import live_page_of

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.slow

MOST = {".txt": 60_000, ".html": 1_500_000, ".csv": 60_000, ".md": 200_000, ".ipynb": 2_000_000}
"""Bytes of a file: one student's line of ten million letters takes a line of ours."""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    return hostile_run.run(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def written(graded: Graded) -> list[Path]:
    """All that was written, but for what is the program's own business."""
    found = [path for path in graded.folder.rglob("*") if path.is_file()]
    return [path for path in (*found, *graded.made.values()) if not path.name.startswith(("journal", "."))]


def test_all_is_done(graded: Graded) -> None:
    ends = {"nobody": 2, "check": 1}
    assert graded.codes == {name: ends.get(name, 0) for name in graded.said}
    assert len(list((graded.folder / "students").iterdir())) == len(KINDS) + 8


def test_what_is_printed_is_inert(graded: Graded) -> None:
    judges = {"summary.md": judged_words.commands}
    told = {name: judges.get(name, judged_words.beginnings)(said, said) for name, said in graded.said.items()}
    assert {name: wrong for name, wrong in told.items() if wrong} == {}


def judge_page(made: bytes) -> list[str]:
    """A page by itself: it has nothing to be compared with."""
    return judged_markup.alone(made)


def judge_notebook(made: bytes) -> list[str]:
    """The feedback in it; all else is its author's own."""
    book = nbformat.reads(made.decode("utf-8"), as_version=4)
    nbformat.validate(book)
    notes = [cell.source for cell in book.cells if "grader-feedback" in cell.metadata.get("tags", ())]
    assert notes
    return [
        told
        for note in notes
        for told in judged_markup.markdown(note.encode(), note.encode())
        if "came" not in told
    ]


JUDGES: dict[str, Callable[[bytes], list[str]]] = {
    ".txt": lambda made: judged_words.beginnings(made, made),
    ".json": lambda made: [told for told in judged_tables.data(made, made) if "came" not in told],
    ".csv": lambda made: judged_tables.sheet(made, made),
    ".md": lambda made: judged_markup.markdown(made, made),
    ".xml": lambda made: judged_tables.junit(made, made),
    ".sqlite": lambda made: judged_tables.database(made, made),
    ".html": judge_page,
    ".ipynb": judge_notebook,
}


@pytest.mark.parametrize("ending", JUDGES)
def test_what_is_written_is_inert(written: list[Path], ending: str) -> None:
    paths = [path for path in written if path.suffix == ending]
    assert paths
    assert [(path.name, told) for path in paths for told in JUDGES[ending](path.read_bytes())] == []
    assert [path.name for path in paths if path.stat().st_size > MOST.get(ending, 1 << 40)] == []
    assert any(WORD.encode() in path.read_bytes() for path in paths)


def test_nothing_else_is_written(written: list[Path]) -> None:
    assert {path.suffix for path in written} <= JUDGES.keys()


def test_names_of_files_are_fit_for_any_system(graded: Graded) -> None:
    for path in graded.folder.rglob("*"):
        name = path.relative_to(graded.folder).as_posix()
        assert os.fsencode(name).decode("utf-8")
        assert list(judged_tables.path(name)) == []


def test_two_with_the_same_code_are_found(graded: Graded) -> None:
    found = Similarity.model_validate_json((graded.folder / "similar" / "similar.json").read_bytes())
    texts = {KINDS[kind][0].replace("/", "\u2215") for kind in hostile_run.ALIKE}
    assert {name.rpartition("_")[0] for name in found.pairs[0].students} == texts


# --- in a browser --------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


LOOKED_AT = """
for (const each of document.querySelectorAll('details')) each.open = !each.open;
for (const each of document.querySelectorAll('main *'))
  for (const kind of ['mouseover', 'focus', 'load', 'error', 'toggle', 'animationstart'])
    each.dispatchEvent(new Event(kind));
"""
"""Each part is opened and touched."""


def seen(browser: Any, places: Iterable[str]) -> dict[str, list[str]]:
    """What goes wrong while pages are open, one after the other; nothing of those with which nothing does."""
    wrong: dict[str, list[str]] = {}
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    page, now = context.new_page(), ""

    def note(told: str) -> None:
        wrong.setdefault(now, []).append(told)

    page.on("console", lambda message: note(f"console: {message.text}"))
    page.on("pageerror", lambda error: note(f"error: {error}"))
    page.on("dialog", lambda dialog: (note(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: note(f"opens {popup.url}"))
    page.on("request", lambda request: None if request.url == now else note(f"asks {request.url}"))
    for now in places:
        page.goto(now)
        page.evaluate(LOOKED_AT)
        page.wait_for_timeout(20)
        if page.evaluate("window.__pwned !== undefined"):
            note("the canary sang")
    context.close()
    return wrong


def test_no_page_does_anything_in_a_browser(browser: object, written: list[Path]) -> None:
    places = [path.as_uri() for path in written if path.suffix == ".html"]
    assert len(places) > 2 * len(KINDS)
    assert seen(browser, places) == {}


@pytest.mark.parametrize("kind", ["scripts", "event handlers", "svg and other elements", "templates"])
def test_a_careless_page_does_something(browser: object, tmp_path: Path, kind: str) -> None:
    """What runs in a browser as it is, is seen to; what is nothing there, is nothing."""
    page = tmp_path / "careless.html"
    page.write_bytes(f"<meta charset=utf-8><main>{KINDS[kind][0]}</main>".encode())
    assert bool(seen(browser, [page.as_uri()])) is (kind != "templates")


def test_the_live_page_does_nothing(browser: object, tmp_path: Path) -> None:
    """As it comes from the server, with the names of all of them in its data; here there is no server."""
    page = tmp_path / "live.html"
    page.write_bytes(live_page_of(a_class([text for kind in KINDS.values() for text in kind[:3]])))
    told = seen(browser, [page.as_uri()]).get(page.as_uri(), [])
    assert [each for each in told if "/events" not in each and "ERR_FAILED" not in each] == []
    assert WORD in page.read_text()
