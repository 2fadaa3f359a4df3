"""What is not ours on a page is seen; on our own pages, whatever is written on them, there is none of it."""

import pytest

from grader.pages import write_staff_page, write_student_page
from grader.pages.class_page import write_class_page
from grader.pages.roll import Roll
from grader.report.class_counts import ClassCounts
from grader.report.files import write_student
from grader.submission import SubmittedFile
from grader.verdicts import Reveal, Verdict
from grader.verify.hostile.pages import foreign
from tests.grader.pages.test_curves import trained
from tests.grader.pages.test_heat import PART, kept
from tests.grader.pages.test_student import CODE, handed_in, raised
from tests.grader.report.conftest import make_exercise, make_run, make_student, make_test
from tests.grader.report.test_html import HOSTILE


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<p>one</p><script></script>", []),
        ("<p>&lt;img src=x onerror=alert(1)&gt;</p><script></script>", []),
        ("<p>one</p>", ["has 0 scripts, not 1"]),
        ("<script></script><script></script>", ["has 2 scripts, not 1"]),
        ("<script></script><img>", ["has an element 'img'"]),
        ("<script></script><!-- -->", ["has an element 'comment'"]),
        ("<script></script><p onclick='x'>", ["has an attribute 'onclick'"]),
        ("<script src='x'></script>", ["has an attribute 'src'"]),
        ("<script></script><a href='#main'></a><a href='students/a%20b/report.html'></a>", []),
        ("<script></script><a href='javascript:x'>", ["has a link to 'javascript:x'"]),
        ("<script></script><a href='https://example.org'>", ["has a link to 'https://example.org'"]),
        ("<script></script><a href='//example.org'>", ["has a link to '//example.org'"]),
        ("<script></script>\x1b\u202e", ["holds U+001B, U+202E"]),
    ],
)
def test_what_is_not_ours_is_told(tmp_path, html, told):
    (tmp_path / "page.html").write_text(html)
    assert foreign(tmp_path / "page.html") == [f"page.html {each}" for each in told]


def test_a_page_that_is_not_there_or_is_no_text(tmp_path):
    (tmp_path / "page.html").write_bytes(b"\xff")
    assert foreign(tmp_path / "page.html") == ["page.html cannot be read (UnicodeDecodeError)"]
    assert foreign(tmp_path / "none.html") == ["none.html cannot be read (FileNotFoundError)"]


@pytest.mark.parametrize("kind", HOSTILE)
def test_our_pages_are_ours_whatever_is_written_on_them(tmp_path, kind):
    text = HOSTILE[kind][:5000]
    test = make_test(text, Verdict.ERROR, raised(), output=text)
    exercises = [
        make_exercise("softmax", test, notes=(text,)),
        kept((2, 3), PART).model_copy(update={"name": "conv2d"}),
        trained((1.0, 0.5), (1.0, 0.25)),
    ]
    report = make_student(text, *exercises, notes=(text,))
    content = CODE + text.encode("utf-8", "surrogatepass")
    files = [handed_in(SubmittedFile("softmax.py", content), student=text)]
    own = write_student(report, tmp_path, Reveal.EVERYTHING)
    write_student_page(report.for_student(Reveal.EVERYTHING), files, tmp_path)
    write_staff_page(report, files, tmp_path)
    roll, counts = Roll(), ClassCounts()
    for _ in counts.passing(roll.passing([report])):
        pass
    write_class_page(make_run(), counts.report(), roll, tmp_path)
    assert foreign(own / "report.html") == foreign(tmp_path / "staff" / f"{own.name}.html") == []
    assert foreign(tmp_path / "class.html", scripts=2) == []
