"""Weights, what is left out, and the sum."""

import pytest

from grader.course import Course, Policy
from grader.marks.totals import lowest, total, weighed
from grader.verdicts import Verdict
from tests.grader.report.conftest import make_exercise, make_student, make_test


def exercise(name: str, final: float, most: int, **fields):
    tests = [make_test(f"{i}", Verdict.PASSED if i < final else Verdict.ERROR, points=1) for i in range(most)]
    return make_exercise(name, *tests, final=final, **fields)


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch):
    def make(names: str, **policy) -> Course:
        monkeypatch.setattr(Course, "names", tuple(names))
        return Course.model_construct(policy=Policy(**policy))

    return make


A, B, C = exercise("a", 4, 4), exercise("b", 3, 6), exercise("c", 5, 10)


def test_without_a_policy_the_final_mark_is_the_sum_of_the_points(course) -> None:
    marked = weighed(course("abc"), [A, B, C])
    assert marked == (A, B, C)
    assert total(marked) == (0, 12, 20)


def test_sums_are_the_same_to_the_last_bit() -> None:
    parts = [make_exercise(n, make_test(points=0.1), final=0.1) for n in "abc"]
    student = make_student("ada", *parts)
    assert student.score != 0.3
    assert total(parts) == (0, student.score, student.max_score)


def test_weights(course) -> None:
    marked = weighed(course("abc", weights={"a": 10, "b": 20, "c": 70}), [A, B, C])
    assert [each.weight for each in marked] == [10, 20, 70]
    assert total(marked) == (0, 10 + 10 + 35, 100)


def test_a_final_mark_has_no_float_noise(course) -> None:
    third = exercise("b", 1, 6)
    assert total(weighed(course("ab", weights={"a": 10, "b": 10}), [A, third]))[1] == 11.666667
    full = [exercise(name, 1, 1) for name in "abc"]
    weights = dict.fromkeys("abc", 0.1)
    assert sum(weights.values()) != 0.3
    assert total(weighed(course("abc", weights=weights), full)) == (0, 0.3, 0.3)
    late = [exercise(n, 1, 1).model_copy(update={"penalty": 0.9, "final": 0.1}) for n in "abc"]
    assert total(late) == (2.7, 0.3, 3)
    little = [each.model_copy(update={"penalty": 0.1, "final": 0.9}) for each in late]
    assert total(little) == (0.3, 2.7, 3)


@pytest.mark.parametrize(
    ("drop", "names"), [(0, set()), (1, {"c"}), (2, {"b", "c"})], ids=["none", "one", "two"]
)
def test_the_lowest_shares_are_left_out(course, drop, names) -> None:
    # b and c have the same share; c counts more, so it goes first.
    marked = weighed(course("abc", drop_lowest=drop), [A, B, C])
    assert {each.name for each in marked if each.dropped} == names
    kept = [each for each in (A, B, C) if each.name not in names]
    assert total(marked)[1:] == (sum(each.final for each in kept), sum(each.max_score for each in kept))


def test_of_equal_shares_the_one_of_most_weight_is_left_out() -> None:
    policy = Policy(drop_lowest=1, weights={"a": 1, "b": 30, "c": 20})
    assert lowest([A, B, C], policy) == {"b"}
    assert lowest([exercise("a", 1, 2), exercise("b", 1, 2)], Policy(drop_lowest=1)) == {"a"}


def test_what_is_left_out_follows_from_what_counts() -> None:
    late = exercise("a", 4, 4).model_copy(update={"final": 1.0, "penalty": 3.0})
    by_hand = exercise("b", 0, 6).model_copy(update={"final": 6.0})
    assert lowest([late, by_hand], Policy(drop_lowest=1)) == {"a"}
    assert total([late.model_copy(update={"dropped": True}), by_hand]) == (0, 6, 6)
    assert total([late, by_hand]) == (3, 7, 10)


def test_nothing_is_left_out_of_a_part_of_the_course(course) -> None:
    marked = weighed(course("abcd", drop_lowest=1), [A, B, C])
    assert not any(each.dropped for each in marked)


def test_an_exercise_without_points_is_not_the_lowest() -> None:
    assert lowest([exercise("a", 0, 0), B], Policy(drop_lowest=1)) == {"b"}


def test_more_than_the_maximum_by_hand_counts() -> None:
    bonus = exercise("a", 4, 4, weight=10).model_copy(update={"final": 5.0})
    assert total([bonus]) == (0, 12.5, 10)
