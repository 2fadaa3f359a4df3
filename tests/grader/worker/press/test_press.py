"""Notes stand under their cells, what comes back is a sound notebook, and nothing in it acts."""

import base64
import json
import time
from typing import Any

import nbformat
import pytest

from grader.wire.frames import PayloadCursor
from grader.wire.messages import MOST_CELLS, Note, NotPressed, Press, Pressed
from grader.worker.press.active import is_active
from grader.worker.press.press import Presser
from tests.grader.worker.press.books import PNG, book, code, printed, shown, text

ACTIVE = "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src=//evil></iframe>"


def press(content: bytes, *notes: tuple[int, str]) -> Any:
    """The answer, the notebook and the pieces of HTML."""
    request = Press(7, content, tuple(Note(*note) for note in notes))
    answer, payload = Presser().reply(request, PayloadCursor(b""))
    assert answer.number == 7
    if not isinstance(answer, Pressed):
        return answer, None, []
    data, *parts = (bytes(part) for part in payload)
    pieces, sources = parts[::2], parts[1::2]
    assert answer.size == len(data)
    assert [cell.source for cell in answer.cells] == [len(source) for source in sources]
    assert [bool(source) for source in sources] == [bool(cell.code) for cell in answer.cells]
    assert [cell.size for cell in answer.cells] == [len(piece) for piece in pieces]
    found = json.loads(data)
    nbformat.validate(found)
    return answer, found, [piece.decode() for piece in pieces]


def sources(found: Any) -> list[str]:
    return [cell["source"] for cell in found["cells"]]


def outputs_of(*outputs: Any) -> tuple[list[Any], str]:
    """What comes back of a cell's outputs, in the notebook and on the page."""
    _, found, pieces = press(book(code("x = 1", *outputs)))
    return found["cells"][0]["outputs"], pieces[0]


# --- where notes stand ---------------------------------------------------------------


def test_notes_stand_under_the_cells_that_they_speak_of():
    content = book(text("# Homework"), code(""), code("a = 1"), text("then"), code("b = 2"), code("c = 3"))
    answer, found, pieces = press(content, (2, "on **b**"), (0, "on top"), (2, "again"), (9, "no such cell"))
    assert sources(found) == [
        "on top", "# Homework", "", "a = 1", "then", "b = 2", "on **b**", "again", "c = 3", "no such cell",
    ]  # fmt: skip
    assert [(cell.kind, cell.code) for cell in answer.cells] == [
        ("note", 0), ("text", 0), ("code", 0), ("code", 1), ("text", 0), ("code", 2), ("note", 0),
        ("note", 0), ("code", 3), ("note", 0),
    ]  # fmt: skip
    assert "<strong>b</strong>" in pieces[6]
    assert found["cells"][6]["metadata"] == {"tags": ["grader-feedback"]}


def test_a_graded_notebook_that_is_handed_in_again_loses_the_old_feedback():
    _, found, _ = press(book(code("a = 1")), (0, "top"), (1, "old"))
    _, again, _ = press(json.dumps(found).encode(), (1, "new"))
    assert sources(again) == ["a = 1", "new"]
    tagged = book(code("a = 1", metadata={"tags": ["grader-feedback"]}))
    assert sources(press(tagged, (1, "new"))[1]) == ["a = 1", "new"]


def test_the_same_notebook_gives_the_same_bytes():
    content = book(code("a = 1", printed("x")), text("y"))
    assert press(content, (1, "n")) == press(content, (1, "n"))


# --- notebooks of all kinds ----------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"nothing", b"[]", b"3", b"{}", b"\xff\xfe", b"[" * 100_000],
)
def test_what_is_no_notebook(content):
    answer, _, _ = press(content)
    assert answer == NotPressed(7, "notebook")


def test_too_many_cells():
    assert press(book(*[code("x")] * MOST_CELLS), (0, "one more"))[0] == NotPressed(7, "cells")


def test_cells_that_are_none_are_left_out():
    odd = [
        3,
        None,
        [],
        {},
        {"cell_type": "widget"},
        {"cell_type": "code"},
        {"cell_type": "markdown", "source": 3},
    ]
    _, found, _ = press(book(*odd, code(["a = 1\n", "b = 2", 5]), text("t", metadata=[1])), (1, "here"))
    assert sources(found) == ["", "", "a = 1\nb = 2", "here", "t"]


def test_an_old_notebook_comes_back_in_the_present_version():
    cell = {
        "cell_type": "code",
        "input": "a = 1",
        "language": "python",
        "outputs": [
            {"output_type": "stream", "stream": "stderr", "text": "warned"},
            {"output_type": "pyout", "text": "1", "html": ACTIVE, "png": PNG, "prompt_number": 1},
            {"output_type": "pyerr", "ename": "E", "evalue": "e", "traceback": ["E: e"]},
        ],
    }
    heading = {"cell_type": "heading", "level": 2, "source": "Softmax"}
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [{"cells": [heading, cell], "metadata": {}}],
    }
    _, found, _ = press(json.dumps(old).encode(), (1, "note"))
    assert sources(found) == ["## Softmax", "a = 1", "note"]
    stream, shown_then, error = found["cells"][1]["outputs"]
    assert stream == {"output_type": "stream", "name": "stderr", "text": "warned"}
    assert shown_then["data"] == {"image/png": PNG, "text/plain": "1"}
    assert error["traceback"] == ["E: e"]


def test_text_that_is_not_sound():
    content = b'\xef\xbb\xbf{"cells": [{"cell_type": "code", "source": "s = \'\\ud800\'", "outputs": ['
    content += b'{"output_type": "stream", "text": "\\udfff"}], "execution_count": NaN}]}'
    _, found, _ = press(content)
    assert sources(found) == ["s = '?'"]
    assert found["cells"][0]["execution_count"] is None


def test_what_nbconvert_stumbles_over_is_no_page_and_ends_nothing():
    answer, _, _ = press(book(text("> " * 5_000 + "deep"), text("[" * 2_000)))
    assert isinstance(answer, Pressed | NotPressed)
    assert isinstance(press(book(code("a")))[0], Pressed)


def test_metadata_that_a_viewer_trusts_or_runs_is_gone():
    content = book(
        code("a", id="x y", metadata={"trusted": True, "init_cell": True, "tags": ["keep", "a,b", 3]}),
        metadata={
            "signature": "sha256:1", "widgets": {"application/vnd.jupyter.widget-state+json": {}},
            "kernelspec": {"name": "evil", "display_name": "<script>"}, "language_info": {"name": "<b>"},
        },
    )  # fmt: skip
    _, found, _ = press(content)
    assert set(found["metadata"]) == {"kernelspec", "language_info"}
    assert found["metadata"]["kernelspec"]["name"] == "python3"
    assert found["cells"][0]["metadata"] == {"tags": ["keep"]}


# --- outputs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "text/html", "application/javascript", "image/svg+xml", "application/vnd.jupyter.widget-view+json",
        "application/vnd.plotly.v1+json", "application/json", "text/vnd.mermaid", "x" * 500,
    ],
)  # fmt: skip
def test_what_acts_is_reduced_to_text(kind):
    (alone,), page = outputs_of({"output_type": "display_data", "data": {kind: ACTIVE}})
    assert set(alone["data"]) == {"text/plain"}
    assert "alert" not in json.dumps(alone)
    assert "alert" not in page
    data = {kind: ACTIVE, "text/plain": "<Figure size>", "image/png": PNG}
    (beside,), page = outputs_of({"output_type": "execute_result", "data": data, "execution_count": 3})
    assert set(beside["data"]) == {"text/plain", "image/png"}
    assert "alert" not in page
    assert f'src="data:image/png;base64,{PNG}"' in page


def test_markup_in_text_stays_text():
    kept, page = outputs_of(printed(ACTIVE), shown(text__plain=ACTIVE), shown(text__latex=ACTIVE))
    assert [output["output_type"] for output in kept] == ["stream", "display_data", "display_data"]
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    "data",
    [
        "nothing",
        "",
        base64.b64encode(b"<svg onload=alert(1)>").decode(),
        PNG + '" onerror="alert(1)',
        3,
        None,
    ],
)
def test_a_picture_that_is_none_goes(data):
    kept, page = outputs_of(shown(image__png=data))
    assert all("image/png" not in output["data"] for output in kept)
    assert "<img" not in page


def test_the_last_state_of_a_line_and_colours_are_what_is_left_of_a_terminals_sequences():
    said = "\rstep 1\rstep 2\r\n\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J\x1b[5A\x1bc"
    said += "\x1b[?25l\x9b31m\x08\x00end\x1b"
    (stream,), page = outputs_of(printed(said))
    assert stream["text"] == "step 2\n\x1b[31mred\x1b[0m 31mend"
    assert '<span class="ansi-red-fg">red</span>' in page


def test_tracebacks_keep_their_text_and_nothing_else():
    error = {
        "output_type": "error",
        "ename": ACTIVE,
        "evalue": "\x1b[2J",
        "traceback": [ACTIVE, 3, "\x1b[31mE"],
    }
    (kept,), page = outputs_of(error)
    assert kept["traceback"] == [ACTIVE, "\x1b[31mE"]
    assert kept["evalue"] == ""
    assert "<script" not in page


def test_much_output_is_cut():
    kept, _ = outputs_of(printed("x" * 60_000), *[printed("y")] * 300)
    assert kept[0]["text"].endswith("\n... 10,000 more characters\n")
    assert kept[-1]["text"] == "... 101 more outputs\n"


@pytest.mark.parametrize(
    "output", [3, None, {}, {"output_type": "x"}, {"output_type": "display_data", "data": 3}]
)
def test_outputs_that_are_none(output):
    assert outputs_of(output)[0] == []


# --- text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>", "<SCRIPT >", "<svg/onload=alert(1)>",
        "<img title='>' onerror=alert(1)>",
        "<img title='<' onerror=alert(1)>",
        "<img title='>'\nonerror =alert(1) <b>", "<img src=x onerror=alert(1)>",
        "<img/src=x\nonerror = alert(1)>", "<b onclick='x'>hi</b>", "<p style='position:fixed'>",
        "<!-- hidden",
        "<iframe src=//evil>", "<math>", "<![CDATA[", "<?php", "</textarea>", "<style>*{}</style>",
        "[click](javascript:alert(1))", "[click](java&#115;cript:alert(1))", "[x](java\nscript:alert(1))",
        "[x]: data:text/html;base64,PHNjcmlwdD4=", "[x](JaVaScRiPt&colon;alert(1))",
        "<meta http-equiv=refresh>",
        "````\n<script>", "<form action=//evil><input>", "<a href='vbscript:x'>",
    ],
)  # fmt: skip
def test_text_with_anything_active_comes_back_as_its_source(source):
    _, found, pieces = press(book(text(source)))
    first, *middle, last = found["cells"][0]["source"].split("\n")
    assert "\n".join(middle) == source
    assert first == f"{last}text"
    assert set(last) == {"`"}
    assert len(last) > max((len(run) for run in source.split("\n") if set(run) == {"`"}), default=2)
    assert "<script" not in pieces[0].lower()
    assert "javascript:" not in "".join(part for part in pieces[0].split('"') if part.startswith("java"))


@pytest.mark.parametrize(
    "source",
    [
        "# Data: what we load", "a < b and c > d", "<b>bold</b> <br/> <font color='red'>red</font>",
        "$x < y$",
        "| a | b |\n|---|---|\n| 1 | 2 |", "[torch](https://pytorch.org)", "<img src='https://x.org/a.png'>",
        "on = 3, once", "![](data:image/png;base64,xxxx)", "`List<int>`", "Profile: 3 s",
    ],
)  # fmt: skip
def test_ordinary_text_comes_back_as_it_is(source):
    assert sources(press(book(text(source)))[1]) == [source]


def test_a_cell_of_elements_that_do_not_end_takes_no_time():
    began = time.monotonic()
    assert is_active("<img " * 20_000)
    assert is_active("<" * 200_000)
    assert not is_active("<b>x</b>\n" * 500)
    assert time.monotonic() - began < 5  # 33 s, if all of them were looked at


def test_a_raw_cell_is_shown_as_it_is_written():
    raw = {
        "cell_type": "raw",
        "metadata": {"raw_mimetype": "text/html"},
        "source": "<script>alert(1)</script>",
    }
    _, found, pieces = press(book(raw))
    assert found["cells"][0]["cell_type"] == "markdown"
    assert "<script" not in pieces[0]


def test_no_cell_reaches_into_the_piece_of_another():
    _, _, pieces = press(
        book(text("</div></div></div><div>"), text("<div><table><tr>"), code("a = 1")), (1, "note")
    )
    assert pieces[-1].count("<div") == pieces[-1].count("</div")
    assert "a = 1" not in "".join(pieces[:2])
    assert "note" not in pieces[2]
    assert len(pieces) == 4


def test_attached_pictures_stay_and_nothing_else():
    attached = {"a.png": {"image/png": PNG, "text/html": ACTIVE}, "b.svg": {"image/svg+xml": ACTIVE}, "c": 3}
    _, found, pieces = press(book(text("![a](attachment:a.png)", attachments=attached)))
    assert found["cells"][0]["attachments"] == {"a.png": {"image/png": PNG}}
    assert f"data:image/png;base64,{PNG}" in pieces[0]
