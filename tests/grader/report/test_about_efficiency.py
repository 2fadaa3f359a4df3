"""What is said of the work of a right solution: a short paragraph, or a finding."""

import pytest

from grader.findings import Efficiency, Growth, TooMuchWork
from grader.report.about_efficiency import paragraph, too_much_work

EFFICIENCY = Efficiency(
    entry_point="conv2d",
    size=(("N", 8), ("H", 16), ("W", 16)),
    operators=12_800,
    operators_reference=6,
    bytes=20_480,
    bytes_reference=18_432,
    growth=(
        Growth(sizes=("N",), yours="N", reference=""),
        Growth(sizes=("H", "W"), yours="H*W", reference=""),
    ),
    way="with unfold",
)


def changed(**update):
    return paragraph(EFFICIENCY.model_copy(update=update))


def test_loops():
    assert paragraph(EFFICIENCY) == (
        "Your conv2d is right, and could be faster: it has torch run 12,800 operators on a call with N=8, "
        "H=16 and W=16, and more with N and H*W; with unfold it is 6. No mark depends on it. Which loop "
        "could become one operation on a whole tensor?"
    )


def test_where_points_hang_on_it():
    words = too_much_work(TooMuchWork(work=EFFICIENCY), "a title")
    assert words.headline == "Your conv2d is right, and does far more work than it needs."
    assert words.explanation == (
        "It has torch run 12,800 operators on a call with N=8, H=16 and W=16, and more with N and H*W; with "
        "unfold it is 6. Operators are counted, not seconds: a slow machine says the same."
    )
    assert words.next_step == "Which loop could become one operation on a whole tensor?"
    many = EFFICIENCY.model_copy(update={"bytes": 184_320, "growth": ()})
    words = too_much_work(TooMuchWork(work=many), None)
    assert "take 184.3 kB in all, instead of 18.4 kB." in words.explanation
    assert words.next_step == "Which steps are done more often than they need to be?"
    assert "No mark" not in f"{words}"


def test_what_grows_for_the_reference_too_is_not_held_against_anyone():
    both = (Growth(sizes=("N",), yours="N", reference="N"),)
    assert "more with" not in changed(growth=both)
    assert changed(growth=()).endswith("Which steps are done more often than they need to be?")
    assert "1 operator on" in changed(operators=1)


@pytest.mark.parametrize(
    ("many", "said"),
    [
        ((184_319, 18_432), None),
        ((184_320, 18_432), "take 184.3 kB in all, instead of 18.4 kB."),
        ((25_000_000, 18), "take 25.0 MB in all, instead of 18 bytes."),
        ((9, 0), None),
        ((10, 0), "take 10 bytes in all, instead of 0 bytes."),
    ],
)
def test_bytes_are_said_where_they_are_many_times_the_reference_s(many, said):
    text = changed(bytes=many[0], bytes_reference=many[1])
    assert ("take" in text) == (said is not None)
    assert said is None or said in text


def test_it_is_short_and_inert():
    hostile = "\x1b[2J" + "y" * 5_000
    text = changed(entry_point=hostile, way=hostile, size=((hostile, 2**53),))
    assert text.isprintable()
    assert len(paragraph(EFFICIENCY).split()) < 60
