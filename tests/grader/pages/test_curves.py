"""Losses as a picture: any numbers make lines that stay in the frame, and the table has all of them."""

import math

import pytest

from grader.findings.trajectory import Curves, Trajectory
from grader.pages import curves
from grader.pages.curves import HEIGHT, WIDTH
from grader.report.examples import EXAMPLES, EXPLAINED
from grader.verdicts import Reveal, Verdict
from tests.grader.pages.test_student import opened
from tests.grader.report.conftest import make_exercise, make_student, make_test

FINDING = EXPLAINED["The path of a training loop"][0]
NAN, INF = math.nan, math.inf


def trained(yours, expected, step=2, batches=2):
    losses = Curves(yours=yours, expected=expected, batches=batches)
    path = Trajectory(steps=9, expected_steps=9, same=1, step=step, losses=losses)
    finding = FINDING.model_copy(update={"trajectory": path})
    return make_exercise("training_loop", make_test("x", Verdict.WRONG_ANSWER, finding))


def chart(exercise):
    return next((curves.chart(finding) for test in exercise.tests for finding in test.findings), None)


def test_the_table_has_every_step():
    found = chart(trained((1.0, 0.5, NAN), (1.0, 0.25, 0.125, 0.0625)))
    assert found.rows == (
        ("1", "1, 1", "1", "1"),
        ("2", "1, 2", "0.5", "0.25"),
        ("3", "2, 1", "NaN", "0.125"),
        ("4", "2, 2", "no step", "0.0625"),
    )


def test_the_lines_go_from_edge_to_edge():
    found = chart(trained((4.0, 2.0, 0.0), (4.0, 3.0, 2.0)))
    assert found.yours == (f"0.0,0.0 {WIDTH / 2},{HEIGHT / 2} {WIDTH:.1f},{HEIGHT:.1f}",)
    assert (found.top, found.bottom, found.cut) == ("4", "0", False)


def test_what_is_no_number_leaves_a_gap():
    found = chart(trained((1.0, NAN, 2.0, 1.0, INF), (1.0,) * 5))
    assert [len(line.split()) for line in found.yours] == [2, 2]


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        ((), ()),
        ((1.0,), (1.0,)),
        ((NAN, NAN), (NAN, INF)),
        ((1e308, -1e308), (1e308, -1e308)),
        ((1.0, 1e300), (1.0, 0.5)),
        ((-1e300, 1.0), (0.0, 0.0)),
        ((5e-324, 0.0), (0.0, 0.0)),
        ((1.0,) * 64, (1.0,) * 64),
    ],
)
def test_any_numbers_stay_in_the_frame(yours, expected):
    found = chart(trained(yours, expected))
    for line in (*found.yours, *found.expected):
        for x, y in (map(float, point.split(",")) for point in line.split()):
            assert 0 <= x <= WIDTH + 4
            assert 0 <= y <= HEIGHT


def test_losses_far_above_are_cut_and_that_is_said():
    report = make_student("ada", trained((1.0, 1e9), (1.0, 0.5)))
    assert "Some of your losses lie above the picture." in opened(report).text
    assert "lie above" not in opened(make_student("ada", trained((1.0, 0.9), (1.0, 0.5)))).text


def test_the_page_says_in_words_what_the_picture_shows():
    page = opened(make_student("ada", trained((1.0, 0.75), (1.0, 0.5))))
    assert page.tags.count("polyline") == 2
    assert "step epoch, batch yours expected" in page.text
    assert "2 1, 2 0.75 0.5" in page.text
    assert any("the numbers are in the table below" in value for value in page.values("aria-label"))


def test_no_finding_no_picture():
    assert curves.chart(EXAMPLES["values-differ"]) is None
    hidden = trained((1.0, 0.75), (1.0, 0.5)).model_copy()
    test = hidden.tests[0].model_copy(update={"visibility": "hidden"})
    hidden = hidden.model_copy(update={"tests": (test,)})
    assert chart(hidden.for_student(Reveal.VERDICT)) is None
    assert chart(hidden.for_student(Reveal.DIFFERENCES)) is not None
