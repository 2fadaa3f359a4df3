"""Which mistakes are claimed, and above all which are not."""

from grader.diagnosis.naming import Candidate, namings, worth_trying


def candidate(name, fails, explains=None):
    return Candidate(name, frozenset(fails), frozenset(fails if explains is None else explains))


def names(failing, *candidates):
    return [tuple(each.name for each in group) for group in namings(set(failing), candidates)]


def test_a_mistake_that_a_passing_test_contradicts_is_not_tried():
    assert worth_trying({"a"}, {"a", "b"})
    assert not worth_trying({"a", "c"}, {"a", "b"})
    assert not worth_trying(set(), {"a"})


def test_one_that_explains_all_is_claimed_alone():
    assert names("abc", candidate("one", "abc"), candidate("part", "ab")) == [("one",)]


def test_neighbours_that_explain_all_are_both_there():
    assert names("abc", candidate("one", "abc"), candidate("two", "abc")) == [("one",), ("two",)]


def test_one_that_disagrees_on_a_test_of_its_own_is_not_claimed():
    assert names("abc", candidate("one", "abc", "ab")) == []
    assert names("abc", candidate("one", "abc", "")) == []


def test_two_at_once_each_with_a_test_of_its_own():
    one, two = candidate("one", "abc", "ab"), candidate("two", "cd", "d")
    assert names("abcd", two, one) == [("one", "two")]


def test_where_only_one_of_two_fails_it_must_be_what_was_seen():
    # 'b' is failed by the first alone, and not as the first would.
    assert names("abcd", candidate("one", "abc", "a"), candidate("two", "cd", "d")) == []


def test_two_that_leave_a_test_unexplained_are_not_claimed():
    assert names("abcd", candidate("one", "a"), candidate("two", "b")) == []


def test_of_two_pairs_the_one_that_leaves_less_hidden_is_claimed():
    # A mean of all parts would fail 'a' and 'b' too, where the first alone is what was seen.
    first, mean, mean_of_all = (
        candidate("first", "abx", "ab"),
        candidate("mean", "cdx", "cd"),
        candidate("mean of all", "abcdx", "cd"),
    )
    assert names("abcdx", first, mean_of_all, mean) == [("first", "mean")]


def test_three_at_once():
    one, two, three = (
        candidate("one", "abx", "ab"),
        candidate("two", "cx", "c"),
        candidate("three", "dx", "d"),
    )
    assert names("abcdx", three, two, one) == [("one", "three", "two")]


def test_a_clear_one_beside_something_unknown_must_explain_half():
    assert names("abcd", candidate("one", "ab")) == [("one",)]
    assert names("abcde", candidate("one", "ab")) == []


def test_two_pairs_that_fit_equally_are_both_there():
    pairs = names("abc", candidate("p", "ac", "a"), candidate("q", "bc", "b"), candidate("r", "bc", "b"))
    assert pairs == [("p", "q"), ("p", "r")]
