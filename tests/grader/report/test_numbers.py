"""Numbers as people read them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.report.numbers import brackets, count, listed, number, pair, points, size


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1 / 3, "0.333333"),
        (1797.0, "1797"),
        (12345678.0, "12345678"),
        (1e30, "1e+30"),
        (1e18, "1e+18"),
        (2.0**53, "9007199254740992"),
        (-1.5e-9, "-1.5e-09"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_a_number(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("yours", "expected", "texts"),
    [
        (0.5, 0.25, ("0.5", "0.25")),
        (0.33333334, 0.33333333, ("0.33333334", "0.33333333")),
        (1.0, 1.0 + 2**-52, ("1", "1.0000000000000002")),
        (1000000.1, 1000000.2, ("1000000.1", "1000000.2")),
        (0.0, 1e-300, ("0", "1e-300")),
        (math.nan, 0.5, ("NaN", "0.5")),
        (1e308, -1e308, ("1e+308", "-1e+308")),
        (2.0, 2.0, ("2", "2")),
    ],
)
def test_two_numbers_side_by_side(yours, expected, texts):
    assert pair(yours, expected) == texts


@settings(deadline=None)  # a busy machine is no failure
@given(st.floats(), st.floats())
def test_numbers_that_differ_never_look_equal(one, other):
    same = one == other or (math.isnan(one) and math.isnan(other))
    assert (len(set(pair(one, other))) == 1) is same


@settings(deadline=None)  # a busy machine is no failure
@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 3))
def test_neighbouring_numbers_never_look_equal(one, steps):
    other = one
    for _ in range(steps + 1):
        other = math.nextafter(other, math.inf)
    assert pair(one, other)[0] != pair(one, other)[1]


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (2, "2"),
        (2.0000001, "2"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
        (0, "0"),
        (100, "100"),
        (1 / 3, "0.3333"),
        (1234567.25, "1234567.25"),
    ],
)
def test_scores_have_no_noise(score, text):
    assert points(score) == text


@pytest.mark.parametrize(("sizes", "text"), [((), "[]"), ((4,), "[4]"), ((4, 7), "[4, 7]")])
def test_shapes(sizes, text):
    assert brackets(sizes) == text


@pytest.mark.parametrize(
    ("many", "text"), [(0, "0 tests"), (1, "1 test"), (2, "2 tests"), (1797, "1,797 tests")]
)
def test_counts(many, text):
    assert count(many, "test") == text


@pytest.mark.parametrize(
    ("many", "text"),
    [
        (1, "1 bytes"),
        (1023, "1023 bytes"),
        (1536, "1.5 KB"),
        (64 << 20, "64 MB"),
        (3 << 30, "3 GB"),
        (5 << 40, "5120 GB"),
    ],
)
def test_sizes(many, text):
    assert size(many) == text


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcdef"), "a, b, c, d, e and f"),
        (list("abcdefgh"), "a, b, c, d, e, f and 2 more"),
    ],
)
def test_lists(words, text):
    assert listed(words) == text
