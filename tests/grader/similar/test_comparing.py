"""What is usual in a class decides who is listed; made of numbers, without a far side."""

import random
from time import perf_counter

import pytest

from grader.similar.code import Code, Part, Place
from grader.similar.comparing import RARE_AT_MOST, compare
from grader.similar.regions import MOST_PLACES, regions


def code(*tokens):
    """One token a line."""
    lines = tuple(str(token) for token in tokens)
    return Code((Part("a.py", 0, lines),), tokens, tuple(Place(0, n + 1) for n in range(len(tokens))))


def noise(seed, length=200):
    return tuple(random.Random(seed).choices(range(10**6), k=length))


def crowd(size=20, length=200):
    return {f"s{n:04}": code(*noise(n, length)) for n in range(size)}


def listed(found):
    return [pair.students for pair in found.pairs]


def test_a_pair_that_stands_out_is_listed():
    found = compare({**crowd(), "yan": code(*noise(99)), "zoe": code(*noise(99))}, frozenset())
    assert listed(found) == [("yan", "zoe")]
    assert found.pairs[0].share == 1
    assert found.usual == 0
    assert found.compared == 22


def test_who_adds_to_a_copy_is_listed_all_the_same():
    longer = code(*noise(98, 600), *noise(99), *noise(97, 600))
    assert listed(compare({**crowd(), "yan": code(*noise(99)), "zoe": longer}, frozenset())) == [
        ("yan", "zoe")
    ]


@pytest.mark.parametrize(("common", "expected"), [(70, []), (150, [("yan", "zoe")])])
def test_less_than_half_in_common_is_not_listed(common, expected):
    first, second = (code(*noise(99, common), *noise(n, 200 - common)) for n in (97, 98))
    assert listed(compare({**crowd(), "yan": first, "zoe": second}, frozenset())) == expected


def test_short_code_is_not_listed_however_much_it_is_alike():
    short = code(*noise(99, 40))
    found = compare({**crowd(), "yan": short, "zoe": short}, frozenset())
    assert listed(found) == []
    assert found.compared == 20


def test_what_many_have_counts_for_nobody():
    shared = noise(99)
    everybody = {student: code(*each.tokens[:100], *shared) for student, each in crowd(40).items()}
    assert listed(compare(everybody, frozenset())) == []
    assert compare(everybody, frozenset()).usual < 0.1


def test_where_much_in_common_is_usual_more_is_asked():
    """Each has half of it from a neighbour, so that half is nothing to tell."""
    pairs = {f"s{n:04}": code(*noise(n // 2, 100), *noise(1000 + n, 60 + 4 * n)) for n in range(20)}
    usual = compare(pairs, frozenset())
    assert 0.3 < usual.usual < 0.6
    assert usual.asked > 0.5
    found = compare({**pairs, "yan": code(*noise(99)), "zoe": code(*noise(99))}, frozenset())
    assert listed(found) == [("yan", "zoe")]


def test_a_group_of_three_is_three_pairs():
    people = {**crowd(30), **{name: code(*noise(99)) for name in ("xia", "yan", "zoe")}}
    assert listed(compare(people, frozenset())) == [("xia", "yan"), ("xia", "zoe"), ("yan", "zoe")]


@pytest.mark.slow
def test_a_large_class_in_which_groups_are_alike_takes_seconds():
    """Rare is bounded: else the work would grow with the cube of the class."""
    people = {f"s{n:04}": code(*noise(n % 80, 300)) for n in range(2000)}
    before = perf_counter()
    found = compare(people, frozenset())
    assert perf_counter() - before < 30  # some seconds; a busy machine takes longer
    assert RARE_AT_MOST >= 2000 / 80
    assert found.asked is None


def test_regions_follow_the_first_and_cover_what_is_equal():
    common, more = noise(99, 50), noise(98, 50)
    first, second = code(*noise(1, 10), *common, *noise(2, 20), *more), code(*more, *noise(3, 40), *common)
    found = compare({**crowd(), "yan": first, "zoe": second}, frozenset())
    where = regions((first, second), (found.prints["yan"], found.prints["zoe"]), found.pairs[0].shared)
    lines = [[(each[0].line, each[-1].line) for each in (region.first, region.second)] for region in where]
    assert lines == [[(11, 60), (91, 140)], [(81, 130), (1, 50)]]


def test_a_line_that_was_changed_does_not_split_a_region():
    before, after = noise(99, 60), noise(98, 60)
    first, second = code(*before, 1, 2, 3, *after), code(*before, 4, 5, *after)
    found = compare({**crowd(), "yan": first, "zoe": second}, frozenset())
    (region,) = regions((first, second), (found.prints["yan"], found.prints["zoe"]), found.pairs[0].shared)
    assert (len(region.first), len(region.second)) == (123, 122)


def test_code_that_repeats_itself_has_its_regions_soon():
    line = noise(99, 30)
    first = code(*line * 600)
    prints = compare({"a": first}, frozenset()).prints["a"]
    assert max(len(places) for places in prints.values()) > MOST_PLACES
    before = perf_counter()
    assert regions((first, first), (prints, prints), frozenset(prints))
    assert perf_counter() - before < 20
