"""Hints laid out: paragraphs are filled anew, examples keep their lines, and plain lines hold all of it."""

from grader.course import Hint
from grader.report.hints import Piece, hint_lines, hint_view, pieces
from grader.report.terminal import as_text

TEXT = """Take three
numbers.

    grad (N, in)   from   x

Then `sum`
them [bold]up[/bold].

```python
x  =  1

y = 2
```
The end."""

HINT = Hint(title="Begin", text=TEXT)


def test_pieces():
    assert list(pieces(TEXT)) == [
        Piece(False, ("Take three numbers.",)),
        Piece(True, ("grad (N, in)   from   x",)),
        Piece(False, ("Then `sum` them [bold]up[/bold].",)),
        Piece(True, ("x  =  1", "", "y = 2")),
        Piece(False, ("The end.",)),
    ]


def test_on_a_terminal():
    assert as_text(hint_view("softmax", HINT, 2, 5)) == (
        "softmax, hint 2 of 5: Begin\n"
        "\n  Take three numbers.\n"
        "\n    grad (N, in)   from   x\n"
        "\n  Then `sum` them [bold]up[/bold].\n"
        "\n    x  =  1\n\n    y = 2\n"
        "\n  The end.\n"
    )


def test_plain():
    assert hint_lines("softmax", HINT, 2, 5) == [
        "softmax, hint 2 of 5: Begin",
        "Take three numbers.",
        "grad (N, in)   from   x",
        "Then `sum` them [bold]up[/bold].",
        "x  =  1",
        "",
        "y = 2",
        "The end.",
    ]


def test_long_paragraphs_fit_the_terminal():
    text = as_text(hint_view("softmax", Hint(title="T", text="word " * 100), 1, 1))
    assert max(map(len, text.splitlines())) <= 80


def test_what_a_course_wrote_is_inert():
    lines = hint_lines("softmax", Hint(title="\x1b[31m", text="\x1b[31mred\n\n    \x07"), 1, 1)
    assert "\x1b" not in "".join(lines)
    assert "\x07" not in "".join(lines)
