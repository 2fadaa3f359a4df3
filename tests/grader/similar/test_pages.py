"""Pages are inert whatever a student's text is, lead from side to side, and accuse nobody."""

import json
import re
from html.parser import HTMLParser

import pytest

from grader.errors import OutputError
from grader.similar import pages, writing
from grader.similar.code import Code, Part, Place
from grader.similar.finding import Found
from grader.similar.pages import HUES, MOST_LINES, MOST_PAGES
from grader.similar.report import MEANING, Exercise, Lines, Pair, Similarity
from grader.similar.report import Part as Shared

EVIL = "</pre></div><script>alert(1)</script><img src=x onerror=alert(1)> \x1b[2J\u202e {{ 7 * 7 }} \ud800"
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """What stands in a page: each tag with its attributes, and whether all are closed in order."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def all(self, name):
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def code(*lines, file="conv2d.py", cell=0):
    return Code(
        (Part(file, cell, lines),),
        tuple(range(len(lines))),
        tuple(Place(0, 1 + n) for n in range(len(lines))),
    )


def shared(first, second, file="conv2d.py"):
    return Shared(
        first=(Lines(file=file, cell=0, first=first[0], last=first[1]),),
        second=(Lines(file=file, cell=0, first=second[0], last=second[1]),),
    )


def pair(*parts, students=("ada", "bob"), exercise="conv2d", share=0.875):
    return Pair(students=students, exercise=exercise, share=share, lines=(10, 12), parts=parts)


def found(*pairs, codes=None, notes=()):
    usual = Exercise(name="conv2d", submissions=20, compared=18, usual=0.1, asked=0.5)
    report = Similarity(course="A <b>course</b>", exercises=(usual,), pairs=pairs, notes=notes)
    own = {student: code(*"abcdefgh") for each in pairs for student in each.students}
    return Found(report, {"conv2d": {**own, **(codes or {})}})


def made(of):
    return {name: content.decode() for name, content in pages.pages(of)}


def test_a_page_a_pair_and_a_list_of_them():
    written = made(found(pair(shared((1, 3), (2, 4))), pair(students=("bob", "eve"), share=0.6)))
    assert list(written) == ["index.html", "pair-001.html", "pair-002.html"]
    index = Page(written["index.html"])
    assert index.all("href") == ["pair-001.html#conv2d", "pair-002.html#conv2d"]
    for said in ("ada and bob", "87%", "10 and 12", "18 of 20", "10%", "50%", MEANING):
        assert said in index.text


def test_a_number_leads_to_the_other_side_and_has_its_colour():
    parts = [shared((1, 2), (3, 4)), shared((4, 5), (6, 7))]
    html = made(found(pair(*parts)))["pair-001.html"]
    page = Page(html)
    alike = [attributes for _, attributes in page.tags if "alike" in attributes.get("class", "")]
    assert [(each["class"], each["id"]) for each in alike] == [
        ("alike hue-1", "conv2d-first-1"),
        ("alike hue-2", "conv2d-first-2"),
        ("alike hue-1", "conv2d-second-1"),
        ("alike hue-2", "conv2d-second-2"),
    ]
    links = [link for link in page.all("href") if link.startswith("#")]
    assert links == ["#conv2d-second-1", "#conv2d-second-2", "#conv2d-first-1", "#conv2d-first-2"]
    assert re.findall(r"part \d", page.text) == ["part 1", "part 2"] * 2


def test_every_line_stands_there_once_and_in_order():
    html = made(found(pair(shared((2, 3), (1, 8)))))["pair-001.html"]
    lines = re.findall(r'<span class="number">(\d+)</span>(\w)', html)
    assert lines == [(str(n), letter) for n, letter in enumerate("abcdefgh", 1)] * 2


def test_no_link_leads_nowhere_and_no_id_is_there_twice():
    overlapping = [
        shared((1, 2), (1, 1)),
        shared((2, 2), (2, 5)),
        *(shared((n, n), (n, n)) for n in range(3, 9)),
    ]
    page = Page(made(found(pair(*overlapping)))["pair-001.html"])
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.all("href") if link.startswith("#")} <= set(ids)
    assert f"hue-{HUES + 1}" not in str(page.tags)
    assert "hue-1" in str(page.tags)


def test_a_pair_that_is_alike_in_two_exercises_has_one_page():
    both = found(pair(shared((1, 2), (1, 2))), pair(shared((1, 2), (1, 2)), exercise="mlp"))
    both.codes["mlp"] = both.codes["conv2d"]
    written = made(both)
    assert list(written) == ["index.html", "pair-001.html"]
    assert Page(written["index.html"]).all("href") == ["pair-001.html#conv2d", "pair-001.html#mlp"]
    assert [each for each in Page(written["pair-001.html"]).all("id") if "-" not in each] == ["conv2d", "mlp"]


@pytest.fixture
def hostile():
    own = {EVIL: code(*[EVIL] * 8, file=EVIL), "bob": code(*[EVIL] * 8, file=EVIL)}
    return found(pair(shared((1, 3), (2, 4), EVIL), students=("bob", EVIL)), codes=own, notes=(EVIL,))


def test_hostile_text_is_inert(hostile):
    for html in made(hostile).values():
        page = Page(html)
        assert not {"script", "img", "b", "a:x"} & {tag for tag, _ in page.tags}
        assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
        assert "\x1b" not in html
        assert "\u202e" not in html
        assert "{{ 7 * 7 }}" in html
        assert "alert(1)" in page.text


def test_a_page_asks_nothing_of_anybody(hostile):
    for html in made(hostile).values():
        page = Page(html)
        policy = next(each["content"] for _, each in page.tags if "http-equiv" in each)
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
        assert page.all("src") == []
        assert "url(" not in html
        assert all(re.fullmatch(r"(#|index\.html|pair-\d+\.html#)[\w-]*", link) for link in page.all("href"))
        assert ("html", {"lang": "en"}) in page.tags


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name(hostile):
    for html in made(hostile).values():
        regions = [attributes for _, attributes in Page(html).tags if attributes.get("role") == "region"]
        assert regions
        assert all(each["tabindex"] == "0" and each["aria-label"] for each in regions)


def test_nobody_is_accused(hostile):
    words = re.compile(
        r"plagiar|cheat|suspicio|suspect|guilt|offen[cd]|copied|copies|stole|fraud|misconduct", re.I
    )
    for name, html in made(hostile).items():
        assert not words.search(Page(html).text), name
        assert MEANING in Page(html).text


def test_code_without_end_is_cut_off():
    long = code(*["x"] * (MOST_LINES + 50))
    html = made(found(pair(shared((1, 3), (1, 3))), codes={"ada": long}))["pair-001.html"]
    assert "50 more lines are not shown" in html
    assert html.count('class="number"') == MOST_LINES + 8


def test_pairs_without_a_page_are_listed_all_the_same():
    many = found(*(pair(students=(f"a{n}", f"b{n}")) for n in range(MOST_PAGES + 3)))
    written = made(many)
    assert len(written) == 1 + MOST_PAGES
    index = Page(written["index.html"])
    assert len(index.all("href")) == MOST_PAGES
    assert f"a{MOST_PAGES + 2} and b{MOST_PAGES + 2}" in index.text


def test_where_there_is_no_pair_the_page_says_so():
    assert "No pair is much more alike" in made(found())["index.html"]


# --- the folder -----------------------------------------------------------------------


def test_the_folder_is_brought_up_to_date(tmp_path):
    out = tmp_path / "alike"
    for each in (found(pair(), pair(students=("bob", "eve"))), found(pair())):
        with writing.prepared(out, beside=tmp_path / "submissions"):
            writing.write(each, out)
    assert sorted(path.name for path in out.iterdir()) == ["index.html", "pair-001.html", "similar.json"]


def test_json_is_ascii_and_says_it_all(tmp_path, hostile):
    writing.write(hostile, tmp_path)
    data = (tmp_path / "similar.json").read_bytes()
    assert data.isascii()
    assert json.loads(data)["schema_version"] == 1
    assert Similarity.model_validate_json(writing.as_json(found(pair(shared((1, 2), (3, 4)))).report)).pairs


REFUSED = {
    "somebody else's": lambda root: (root / "out").mkdir() or (root / "out" / "thesis.tex").touch(),
    "half of it ours": lambda root: (root / "out").mkdir() or (root / "out" / "index.html").touch(),
    "a file": lambda root: (root / "out").touch(),
}


@pytest.mark.parametrize("lay", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_ours_is_left_alone(lay, tmp_path):
    lay(tmp_path)
    with (
        pytest.raises(OutputError, match="--out"),
        writing.prepared(tmp_path / "out", beside=tmp_path / "submissions"),
    ):
        pytest.fail("it was taken")


@pytest.mark.parametrize("out", ["submissions", "submissions/alike"])
def test_pages_never_lie_among_the_submissions(out, tmp_path):
    (tmp_path / "submissions").mkdir()
    with (
        pytest.raises(OutputError, match="among the submissions"),
        writing.prepared(tmp_path / out, beside=tmp_path / "submissions"),
    ):
        pytest.fail("it was taken")
