"""The allowance follows from dtype, reduction length and magnitude."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.compare.tolerance import Allowance, item


def test_formula():
    limit = Allowance(terms=16, magnitude=2.0).limit(torch.zeros(3, dtype=torch.float64), torch.float32)
    eps, tiny = torch.finfo(torch.float32).eps, torch.finfo(torch.float32).tiny
    assert limit.tolist() == pytest.approx([eps * (8 + 4 * 4) * 2.0 + tiny] * 3, rel=1e-12)


def test_default_magnitude_is_the_largest_finite_expected_value():
    expected = torch.tensor([1.0, -8.0, math.inf], dtype=torch.float64)
    one = Allowance().limit(expected, torch.float64)
    assert one[0] == pytest.approx(Allowance(magnitude=8.0).limit(expected, torch.float64)[0].item())


def test_nothing_finite_leaves_only_the_smallest_normal_number():
    expected = torch.tensor([math.inf], dtype=torch.float64)
    assert Allowance().limit(expected, torch.float32).item() == torch.finfo(torch.float32).tiny


def test_elementwise_magnitude():
    expected = torch.zeros(2, 2, dtype=torch.float64)
    limit = Allowance(magnitude=torch.tensor([[1.0, 10.0]])).limit(expected, torch.float32)
    assert limit.shape == (2, 2)
    assert limit[0, 1] / limit[0, 0] == pytest.approx(10.0)


def test_float64_allows_far_less_than_float32():
    expected = torch.ones(1, dtype=torch.float64)
    ratio = Allowance().limit(expected, torch.float32) / Allowance().limit(expected, torch.float64)
    assert ratio.item() == pytest.approx(2**29)


@given(st.integers(1, 4000), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_a_sum_in_float32_stays_within_the_allowance_in_any_order(terms, seed):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(terms, generator=generator, dtype=torch.float64).float()
    exact = x.double().sum()
    allowed = Allowance(terms=terms, magnitude=float(x.double().abs().sum())).limit(exact, torch.float32)
    running = torch.cumsum(x, 0, dtype=torch.float32)[-1]
    backwards = torch.cumsum(x.flip(0), 0, dtype=torch.float32)[-1]
    for answer in (x.sum(), running, backwards):
        assert (answer.double() - exact).abs() <= allowed


def test_item_of_trees():
    one, two = Allowance(1), Allowance(2)
    assert item((one, two), 1) is two
    assert item({"a": one}, "a") is one
    assert item(one, 5) is one
    assert item(one, "a") is one
    with pytest.raises(TypeError, match="no allowance"):
        item({"a": one}, 0)
