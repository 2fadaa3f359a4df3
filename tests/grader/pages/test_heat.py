"""Heat maps: a part of the tensor, or the smallest case, read from text that is of one form only."""

import pytest

from grader.findings import Excerpt, SmallestCase
from grader.pages.heat import heat
from grader.pages.student import student_page
from grader.report.examples import EXAMPLES
from grader.verdicts import Reveal, Verdict, Visibility
from tests.grader.pages.opened import Page
from tests.grader.pages.test_student import opened
from tests.grader.report.conftest import make_exercise, make_student, make_test


def case(yours, expected, code="values-differ"):
    smallest = SmallestCase(source="softmax(x)", yours=yours, expected=expected)
    finding = EXAMPLES[code].model_copy(update={"smallest": smallest})
    return make_exercise("softmax", make_test("x", Verdict.WRONG_ANSWER, finding))


def maps(exercise):
    (finding,) = exercise.tests[0].findings
    found = heat(finding)
    return found.maps if found is not None else ()


def told(found):
    return [[" ".join(cell.text for cell in line.cells) for line in each.lines] for each in found]


def looks(found):
    return [[cell.look for line in each.lines for cell in line.cells] for each in found]


def kept(shape, part, code="values-differ", leaf=""):
    finding = EXAMPLES[code].model_copy(update={"shape": shape, "excerpt": part, "leaf": leaf})
    return make_exercise("softmax", make_test("x", Verdict.WRONG_ANSWER, finding))


PART = Excerpt(
    start=(3, 10),
    shape=(2, 3),
    yours=("0.5 nan 1e-9", "-inf 2 0"),
    expected=("0.5 1 1e-9", "2 2 0"),
    apart=("0 nan 0", "-inf 0 0"),
)


def test_yours_expected_and_the_difference():
    found = maps(case("[[-0.5, 0.5], [1., 2e-05]]", "[[-0.25, 0.5], [1., 2e-05]]"))
    assert [each.title for each in found] == ["yours", "expected", "difference"]
    assert told(found) == [["-0.5 0.5", "1. 2e-05"], ["-0.25 0.5", "1. 2e-05"], ["-0.25 0", "0 0"]]
    assert looks(found) == [
        ["below-2", "above-2", "above-3", "above-1"],
        ["below-1", "above-2", "above-3", "above-1"],
        ["apart-3", "apart-0", "apart-0", "apart-0"],
    ]


@pytest.mark.parametrize("largest", [0.9898, 0.1, 0.7, 3.3, 1e-7, 12345.6])
def test_the_largest_number_has_the_strongest_colour_that_there_is(largest):
    found = maps(case(f"[{largest}, {-largest}]", "[0., 0.]"))
    assert looks(found) == [["above-3", "below-3"], ["above-0", "above-0"], ["apart-3", "apart-3"]]


def test_what_is_no_number_is_told():
    found = maps(case("[nan, inf, nan]", "[nan, 1., 0.]"))
    assert told(found)[2] == ["0 inf NaN"]
    assert looks(found)[2] == ["apart-0", "apart-3", "apart-3"]


def test_leading_dimensions_lie_under_each_other_with_their_places():
    found = maps(case("[[[[1., 2.], [3., 4.]]], [[[5., 6.], [7., 8.]]]]", "[[[[1., 2.], [3., 4.]]], [[[5., 6.], [7., 9.]]]]"))  # fmt: skip  # noqa: E501
    assert told(found)[0] == ["1. 2.", "3. 4.", "5. 6.", "7. 8."]
    assert [line.label for line in found[0].lines] == ["[0, 0, 0]", "[0, 0, 1]", "[1, 0, 0]", "[1, 0, 1]"]
    assert [line.apart for line in found[0].lines] == [False, False, True, False]


def test_a_part_of_a_tensor_has_the_places_that_it_has_there():
    (finding,) = kept((6, 200), PART, "not-finite", "[1]").tests[0].findings
    found = heat(finding)
    assert told(found.maps) == [
        ["0.5 NaN 1e-9", "-inf 2 0"],
        ["0.5 1 1e-9", "2 2 0"],
        ["0 NaN 0", "-inf 0 0"],
    ]
    assert looks(found.maps)[2] == ["apart-0", "apart-3", "apart-0", "apart-3", "apart-0", "apart-0"]
    assert found.maps[0].columns == (10, 11, 12)
    assert [line.label for line in found.maps[0].lines] == ["3", "4"]
    assert found.of == (
        "From the call above, result[1]: "
        "a part of shape [2, 3] of a tensor of shape [6, 200], from [3, 10] on."
    )


def test_a_whole_tensor_is_said_to_be_one():
    (finding,) = kept((2, 3), PART).tests[0].findings
    assert heat(finding).of == "From the call above, the result: a tensor of shape [2, 3]."


def test_the_tensor_of_the_test_goes_before_the_smallest_case():
    exercise = case("[1., 3.]", "[1., 2.]")
    (finding,) = exercise.tests[0].findings
    both = finding.model_copy(update={"excerpt": PART})
    assert told(heat(both).maps)[0] == ["0.5 NaN 1e-9", "-inf 2 0"]


def test_a_page_has_them_for_each_finding_that_is_shown():
    tests = [
        make_test(str(i), Verdict.WRONG_ANSWER, kept((2, 3), PART, leaf=f"[{i}]").tests[0].findings[0])
        for i in range(5)
    ]
    page = opened(make_student("ada", make_exercise("softmax", *tests)))
    assert page.within("caption") == ["yours", "expected", "difference"] * 3
    assert page.values("aria-label").count("yours, expected and the difference, number by number") == 3


def test_without_findings_nothing_of_a_tensor_is_there():
    hidden = kept((2, 3), PART)
    test = hidden.tests[0].model_copy(update={"visibility": Visibility.HIDDEN})
    report = make_student("ada", hidden.model_copy(update={"tests": (test,)}))
    for level in Reveal:
        page = Page(student_page(report.for_student(level)))
        assert (page.within("caption") == []) == (level is Reveal.VERDICT)


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
    assert "difference 0 1 0 1" in page.text


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_no_example_has_one_without_a_tensor_or_a_smallest_case(code):
    assert heat(EXAMPLES[code].model_copy(update={"smallest": None})) is None
