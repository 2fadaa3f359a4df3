"""A graded notebook in a viewer that takes nothing out: nbconvert as it comes, without sanitising."""

import json
from html.parser import HTMLParser

import nbformat
from nbconvert import HTMLExporter

from grader.wire.frames import PayloadCursor
from grader.wire.messages import Note, Press
from grader.worker.press.active import ACTIVE
from grader.worker.press.press import Presser
from tests.grader.press.test_cleaning import HOSTILE
from tests.grader.report.test_markdown import HOSTILE as HOSTILE_LINES
from tests.grader.worker.press.books import book, code, printed, shown, text


class Active(HTMLParser):
    """What acts in a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found |= {tag} & ACTIVE
        for name, value in attrs:
            if name.startswith("on") or name in ("srcdoc", "srcset", "formaction"):
                self.found.add(name)
            if "script:" in (value or "").lower() or (value or "").startswith("data:text"):
                self.found.add(value)


def rendered(cells) -> str:
    found = nbformat.from_dict(cells)
    return str(HTMLExporter(template_name="basic").from_notebook_node(found)[0])


def test_nothing_acts_even_there():
    texts = [*HOSTILE, *HOSTILE_LINES]
    odd = [{"cell_type": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": each} for each in texts]
    cells = [text(each) for each in texts] + odd
    cells += [code(each, printed(each), shown(text__html=each, text__plain=each)) for each in texts]
    for place, cell in enumerate(cells):
        cell |= {"id": f"cell-{place}"} | ({"execution_count": None} if cell["cell_type"] == "code" else {})
    content = book(*cells)
    assert len(Active(rendered(json.loads(content))).found) > 10  # as it was handed in, much does
    _, payload = Presser().reply(Press(1, content, (Note(0, "top"),)), PayloadCursor(b""))
    assert Active(rendered(json.loads(bytes(payload[0])))).found == set()
