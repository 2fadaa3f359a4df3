"""Each comparison of numbers notes its largest error, as a share of what is allowed."""

import math

import pytest
import torch

from grader.compare.compare import Terms, compare
from grader.compare.shares import note, noting
from grader.compare.tolerance import Allowance
from grader.wire.values import TensorValue

EPS = torch.finfo(torch.float64).eps
ONE = Allowance(magnitude=(1 - torch.finfo(torch.float64).tiny) / (12 * EPS))
"""Allows an error of 1 in float64: eps * (8 + 4) * magnitude."""


def shares(value, expected, allowance=ONE, dtype=torch.float64, **more):
    def far(each):
        return TensorValue(torch.as_tensor(each), "cpu", False) if isinstance(each, torch.Tensor) else each

    sent = type(value)(map(far, value)) if isinstance(value, list | tuple) else far(value)
    with noting() as noted:
        found = compare(sent, expected, allowance, Terms(dtype=dtype), **more)
    return noted, bool(found)


def doubles(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


@pytest.mark.parametrize(("error", "differs"), [(0.0, False), (0.25, False), (-0.75, False), (3.0, True)])
def test_the_largest_error_counts(error, differs):
    (share,), found = shares(doubles(1.0, 2.0 + error, 3.1), doubles(1.0, 2.0, 3.0))
    assert share == pytest.approx(max(abs(error), 0.1))
    assert found is differs


def test_an_error_of_exactly_what_is_allowed_is_one_and_the_next_larger_one_is_not():
    limit = float(ONE.limit(doubles(0.0), torch.float64))
    for value, right in ((limit, True), (math.nextafter(limit, math.inf), False)):
        (share,), found = shares(doubles(value), doubles(0.0))
        assert (share <= 1, found) == (right, not right)


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 0.3, 1.0, 1.9999, 7e11, 1e290])
def test_no_share_is_one_or_less_where_the_error_is_more_than_allowed(scale):
    """The quotient of two floats is rounded; it must not be rounded down to 1."""
    limits = (torch.rand(20_000, dtype=torch.float64) + 0.5) * scale
    gaps = torch.nextafter(limits, torch.tensor(math.inf, dtype=torch.float64))
    assert bool((gaps / limits > 1).all())
    assert bool((limits / limits <= 1).all())


def test_what_is_as_expected_and_no_number_has_no_error():
    same = doubles(math.inf, -math.inf, math.nan, 1.0)
    assert shares(same + doubles(0, 0, 0, 0.5), same) == ([pytest.approx(0.5)], False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (doubles(math.nan), doubles(1.0)),
        (doubles(math.inf), doubles(1.0)),
        (doubles(1.0), doubles(math.inf)),
        (torch.tensor([2]), torch.tensor([1])),
        (2, 1),
        (True, False),
    ],
)
def test_where_it_is_not_numbers_that_are_near_the_share_is_infinite(value, expected):
    assert shares(value, expected) == ([math.inf], True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (torch.tensor([1]), torch.tensor([1])),
        (1, 1),
        (None, None),
        (doubles(), doubles()),
        (doubles(1.0), doubles(1.0, 2.0)),
    ],
)
def test_where_no_numbers_are_compared_nothing_is_noted(value, expected):
    assert shares(value, expected)[0] == []


def test_each_leaf_is_noted_and_of_a_part_only_its_own():
    value, expected = (doubles(0.5), doubles(7.0), 0.25), (doubles(0.0), doubles(0.0), 0.0)
    assert shares(value, expected) == (pytest.approx([0.5, 7.0, 0.25]), True)
    assert shares(value, expected, part=0) == ([pytest.approx(0.5)], False)
    assert shares(value, expected, part=1) == ([pytest.approx(7.0)], True)
    assert shares(value[:2], expected, part=0)[1]  # its length counts
    assert shares(doubles(0.5), expected, part=0)[1]  # its type too


def test_shares_are_kept_where_they_are_collected():
    note(1.0)  # nobody wants it
    with noting() as outer:
        note(2.0)
        with noting() as inner:
            note(3.0)
    assert (outer, inner) == ([2.0], [3.0])
