"""Difficulty and discrimination: by hand, and as numpy has them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.report.item_analysis import ENOUGH, Item


def item(*pairs):
    made = Item()
    for passed, rest in pairs:
        made.add(passed, rest)
    return made


def test_difficulty_is_the_share_that_passed():
    assert item((True, 1), (True, 0), (False, 2), (True, 5)).difficulty == 0.75
    assert item().difficulty is None


@pytest.mark.parametrize(
    ("passed", "said"), [((), None), ((True, True), "all"), ((False,), "none"), ((True, False), "some")]
)
def test_who_passed(passed, said):
    assert item(*((each, 1) for each in passed)).passed_by == said


def test_discrimination_by_hand():
    """Five passed, with 2.2 points elsewhere on average, five failed, with 1.8; standard deviation 1.

    The point-biserial correlation is (2.2 - 1.8) / 1 * sqrt(0.5 * 0.5) = 0.2.
    """
    passed = [(True, rest) for rest in (3, 3, 3, 1, 1)]
    failed = [(False, rest) for rest in (1, 1, 1, 3, 3)]
    assert item(*passed, *failed).discrimination == 0.2
    turned = [(not did, rest) for did, rest in (*passed, *failed)]
    assert item(*turned).discrimination == -0.2


def test_a_test_that_tells_who_can_from_who_cannot_has_one():
    made = item(*[(True, 8)] * 9, *[(False, 2)] * 3)
    assert made.discrimination == 1
    assert item(*[(False, 8)] * 9, *[(True, 2)] * 3).discrimination == -1
    assert item(*[(True, 0), (False, 1), (False, 0), (True, 1)] * 5).discrimination == 0


def test_what_says_nothing_has_none():
    ready = [(True, 3), (False, 1)] * (ENOUGH // 2)
    assert item(*ready).discrimination == 1
    assert item(*ready[1:]).discrimination is None  # too few
    assert item(*((True, rest) for _, rest in ready)).discrimination is None  # all passed
    assert item(*((False, rest) for _, rest in ready)).discrimination is None  # nobody passed
    assert item(*((passed, 2) for passed, _ in ready)).discrimination is None  # all the same elsewhere


def test_rounding_of_points_is_no_spread():
    """0.1 + 0.2 and 0.3 are the same points."""
    assert item(*[(True, 0.1 + 0.2), (False, 0.3)] * ENOUGH).discrimination is None


def test_points_of_any_size_count():
    """Whole numbers have no largest one, also where their squares are beyond any float."""
    assert item(*[(True, 1e200), (False, 0.0)] * ENOUGH).discrimination == 1


POINTS = st.integers(0, 400).map(lambda quarters: quarters / 4)


@given(st.lists(st.tuples(st.booleans(), POINTS), min_size=ENOUGH, max_size=60))
def test_discrimination_is_numpys_correlation(pairs):
    passed, rest = np.array([p for p, _ in pairs], float), np.array([r for _, r in pairs])
    assume(passed.std() > 0 and rest.std() > 0)
    assert item(*pairs).discrimination == pytest.approx(np.corrcoef(passed, rest)[0, 1], abs=1e-12)


@given(st.lists(st.tuples(st.booleans(), POINTS), min_size=ENOUGH, max_size=60))
def test_discrimination_is_the_point_biserial_formula(pairs):
    passed, rest = np.array([p for p, _ in pairs]), np.array([r for _, r in pairs])
    assume(passed.std() > 0 and rest.std() > 0)
    share = passed.mean()
    means = rest[passed].mean() - rest[~passed].mean()
    expected = means / rest.std() * np.sqrt(share * (1 - share))
    assert item(*pairs).discrimination == pytest.approx(expected, abs=1e-12)
