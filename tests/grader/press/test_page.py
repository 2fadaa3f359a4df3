"""The page is ours: its policy, its feedback, its places; what came over the wall stands in boxes."""

import re

import pytest

from grader.errors import WireError
from grader.press.books import Book
from grader.press.page import Piece, page, stamp
from tests.grader.press.reports import exercise, raised

EVIL = "</title></section><script>alert(1)</script>\u202e"


@pytest.fixture
def book():
    return Book("hw.ipynb", b"{}", (exercise("softmax", raised(2)),))


def made(book, *pieces, heading="Course: ada"):
    return page(book, heading, [Piece(*piece) for piece in pieces]).decode()


NOTES = [
    ("note", 0, b"<p>top</p>"),
    ("code", 1, b"<pre>a</pre>"),
    ("code", 2, b"b"),
    ("note", 0, b"<p>below</p>"),
]


def test_the_feedback_can_be_found(book):
    html = made(book, *NOTES)
    assert '<a class="look" href="#feedback-2-softmax">cell 2: softmax</a>' in html
    assert '<section class="note look" id="feedback-2-softmax"' in html
    assert '<section class="cell code" id="cell-2">' in html
    assert html.index("<p>top</p>") < html.index("<pre>a</pre>") < html.index("<p>below")


def test_what_is_right_looks_otherwise(book):
    html = made(Book("hw.ipynb", b"{}", (exercise(),)), *NOTES)
    assert '<section class="note good" id="feedback-2-softmax"' in html


def test_it_asks_for_nothing_and_runs_nothing(book):
    html = made(book, *NOTES)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    assert html.index("Content-Security-Policy") < html.index("<title>")
    outside = html.replace(f'content="{stamp(book)}"', "")
    assert not re.search(r"<script|<link|<iframe|\son\w+=|https?://|url\(|@import", outside)


@pytest.mark.parametrize("where", ["name", "heading", "exercise", "piece"])
def test_hostile_text_stays_text(where):
    name = EVIL if where == "exercise" else "softmax"
    book = Book(EVIL if where == "name" else "hw.ipynb", b"{}", (exercise(name, raised(2)),))
    pieces = [*NOTES[:1], ("text", 0, EVIL.encode()), *NOTES[1:]] if where == "piece" else NOTES
    html = made(book, *pieces, heading=EVIL if where == "heading" else "x")
    assert "<script" not in html
    assert html.count("</section>") == len(pieces)
    assert html.count("</title>") == 1
    assert "\u202e" not in html


@pytest.mark.parametrize("pieces", [NOTES[:3], [*NOTES, NOTES[0]], []])
def test_feedback_that_is_not_what_was_given_is_refused(book, pieces):
    with pytest.raises(WireError):
        made(book, *pieces)


def test_other_feedback_has_another_stamp(book):
    stamps = {
        stamp(book),
        stamp(Book("hw.ipynb", b"{} ", book.reports)),
        stamp(Book("hw.ipynb", b"{}", (exercise(),))),
        stamp(Book("hw.ipynb", b"{}", (exercise("softmax", raised(3)),))),
    }
    assert len(stamps) == 4
    assert all(each.encode() in page(book, "", [Piece(*p) for p in NOTES])[:2000] for each in [stamp(book)])
