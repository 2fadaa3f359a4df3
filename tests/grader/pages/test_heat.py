"""Heat maps: the numbers of the smallest case, read from text that is of one form only."""

import pytest

from grader.findings import SmallestCase
from grader.pages.heat import maps
from grader.report.examples import EXAMPLES
from grader.verdicts import Verdict
from tests.grader.pages.test_student import opened
from tests.grader.report.conftest import make_exercise, make_student, make_test


def case(yours, expected, code="values-differ"):
    smallest = SmallestCase(source="softmax(x)", yours=yours, expected=expected)
    finding = EXAMPLES[code].model_copy(update={"smallest": smallest})
    return make_exercise("softmax", make_test("x", Verdict.WRONG_ANSWER, finding))


def told(found):
    return [[" ".join(cell.text for cell in row) for row in each.rows] for each in found]


def looks(found):
    return [[cell.look for row in each.rows for cell in row] for each in found]


def test_yours_expected_and_the_difference():
    found = maps(case("[[-0.5, 0.5], [1., 2e-05]]", "[[-0.25, 0.5], [1., 2e-05]]"))
    assert [each.title for each in found] == ["yours", "expected", "difference"]
    assert told(found) == [["-0.5 0.5", "1. 2e-05"], ["-0.25 0.5", "1. 2e-05"], ["-0.25 0", "0 0"]]
    assert looks(found) == [
        ["below-2", "above-2", "above-3", "above-1"],
        ["below-1", "above-2", "above-3", "above-1"],
        ["apart-3", "apart-0", "apart-0", "apart-0"],
    ]


def test_what_is_no_number_is_told():
    found = maps(case("[nan, inf, nan]", "[nan, 1., 0.]"))
    assert told(found)[2] == ["0 inf NaN"]
    assert looks(found)[2] == ["apart-0", "apart-3", "apart-3"]


def test_leading_dimensions_lie_under_each_other():
    assert told(maps(case("[[[[1., 2.]]], [[[3., 4.]]]]", "[[[[1., 2.]]], [[[3., 5.]]]]")))[0] == [
        "1. 2.",
        "3. 4.",
    ]


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        ("[1., 2.]", "[[1., 2.], [3., 4.]]"),
        ("[1., 2.]", "[1., 2., 3.]"),
        ("[1.]", "[2.]"),
        ("ValueError", "[1., 2.]"),
        ("a tensor of shape [2, 2]", "[1., 2.]"),
        ("([1., 2.], 3.)", "([1., 2.], 4.)"),
        ("[[1., 2.], [3.]]", "[[1., 2.], [4.]]"),
        ("[<b>, 2.]", "[1., 2.]"),
        ("[True, False]", "[True, True]"),
        ("[], []", "[1., 2.]"),
        ("[" + "1., " * 5000 + "1.]", "[" + "1., " * 5000 + "2.]"),
        ("[" * 900, "[" * 900),
        ("[1., 2.]" * 100, "[1., 2.]" * 100),
    ],
)
def test_anything_else_has_none(yours, expected):
    assert maps(case(yours, expected)) == ()


def test_a_shape_is_no_tensor():
    assert maps(case("[1, 2]", "[2, 1]", "shape-differs")) == ()
    assert maps(case("[1, nan]", "[2, 1]", "not-finite")) != ()


def test_the_page_has_the_numbers_as_tables():
    page = opened(make_student("ada", case("[1., 3.]", "[1., 2.]")))
    assert page.within("caption") == ["yours", "expected", "difference"]
    assert "difference 0 1 0 0 1" in page.text


def test_without_a_smallest_case_there_is_none():
    assert maps(make_exercise("softmax", make_test())) == ()
