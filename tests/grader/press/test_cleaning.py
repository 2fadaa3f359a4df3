"""Whatever comes over the wall as HTML, what stands in the page is named, balanced and still."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.press.cleaning import ATTRIBUTES, CLASSES, TAGS, clean
from tests.grader.worker.press.books import PNG

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script>", "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>", "<a href='//evil'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>", "<a href='file:///etc/passwd'>x</a>",
    "<img src='https://evil.example/pixel.png'>", "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<img srcset='https://evil.example/a 1x'>", "<p style='position:fixed;inset:0'>x</p>",
    "<style>*{}</style>", "<link rel=stylesheet href=//evil>",
    "<meta http-equiv=refresh content='0;url=//evil'>", "<base href=//evil>",
    "<form action=//evil><input name=a><button>x</button></form>", "<object data=//evil></object>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--[if IE]><script>alert(1)</script>-->", "<textarea><script>alert(1)</script>",
    "<template><script>alert(1)</script></template>", "<plaintext>", "</section></main></body>",
    "<div class='note good'>forged</div>", "<p id='feedback-1-softmax'>x</p>",
    "<video src=//evil autoplay>", "<audio><source src=//evil>", "<details open ontoggle=alert(1)>",
    "<x-y>", "<body onload=alert(1)>", "<img src='data:image/png;base64,iVBO\" onerror=\"alert(1)'>",
    "<p/onclick=alert(1)>", "<a href='https://ok.example' target=_blank onclick=alert(1)>x</a>",
    "<span class='label ansi-red-fg'>x</span>",
]  # fmt: skip

VOID = {"br", "hr", "img"}


class Strict(HTMLParser):
    """Fails on anything that is not named."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS
        for name, value in attrs:
            if tag == "a" and name == "rel":
                assert value == "noopener noreferrer"
                continue
            assert name in ATTRIBUTES.get(tag, set()) | ATTRIBUTES["*"]
            if name == "href":
                assert value.startswith(("https://", "http://"))
            if name == "src":
                assert value.startswith(
                    ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif")
                )
            if name == "class":
                assert set(value.split()) <= CLASSES
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_acts_stays(html):
    kept = clean(html.encode())
    Strict(kept)
    assert "evil" not in kept


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "<div>", "</div>", "<table><tr><td>", "<!--", "]]>", "text"]), max_size=5
    )
)
def test_no_mixture_of_them_does(parts):
    Strict(clean("".join(parts).encode()))


@given(st.binary(max_size=200))
def test_no_bytes_do(data):
    Strict(clean(data))


@pytest.mark.parametrize(
    "html",
    [
        '<div class="highlight"><pre><span class="k">def</span></pre></div>',
        '<pre><span class="ansi-red-fg">x</span></pre>',
        '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td colspan="2">1</td></tr></tbody></table>',
        '<a href="https://pytorch.org" rel="noopener noreferrer">torch</a>',
        f'<img src="data:image/png;base64,{PNG}" alt="a plot">',
        "<h2>Softmax</h2>",
        "\u05e9\u05dc\u05d5\u05dd \U0001f469\u200d\U0001f4bb e\u0301",
    ],
)
def test_what_a_notebook_shows_stays_as_it_is(html):
    assert clean(html.encode()) == html


def test_what_is_no_text_goes_with_its_element():
    """A style sheet is nothing to read."""
    silent = "<style>p {}</style><script>x()</script><title>t</title><svg><text>s</text></svg><math>m</math>"
    assert clean(f"a{silent}<form><b>b</b></form>".encode()) == "a<b>b</b>"


def test_characters_that_turn_or_hide_text_are_spelled_out():
    assert clean("a\u202eb\u200bc\x1bd\ufeff\U000e0041".encode()) == r"a\u202eb\u200bc\x1bd\ufeff\U000e0041"
