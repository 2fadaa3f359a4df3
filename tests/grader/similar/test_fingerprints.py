"""What winnowing promises: long runs share a fingerprint wherever they stand, short ones need not."""

import random

from grader.similar.fingerprints import GRAM, WINDOW, fingerprints, grams

LONG = GRAM + WINDOW - 1


def noise(seed, length):
    return random.Random(seed).choices(range(10**6), k=length)


def test_any_long_run_that_two_have_shares_a_fingerprint():
    for seed in range(200):
        common = noise(seed, LONG)
        first = noise(seed + 1000, seed % 40) + common + noise(seed + 2000, 30)
        second = noise(seed + 3000, 50 - seed % 50) + common + noise(seed + 4000, seed % 7)
        assert set(fingerprints(first)) & set(fingerprints(second)), seed


def test_a_run_shorter_than_a_gram_shares_none():
    common = noise(1, GRAM - 1)
    assert not set(fingerprints(noise(2, 30) + common)) & set(fingerprints(common + noise(3, 30)))


def test_there_are_far_fewer_than_tokens():
    tokens = noise(1, 10_000)
    assert len(fingerprints(tokens)) < 10_000 * 2.2 / (WINDOW + 1)


def test_places_are_where_the_run_begins():
    tokens = noise(1, 200)
    for gram, places in fingerprints(tokens).items():
        assert all(grams(tokens)[place] == gram for place in places)


def test_what_was_given_leaves_no_fingerprint_and_moves_no_other():
    own, given = noise(1, 60), noise(2, 60)
    prints = fingerprints(given + own, frozenset(grams(given)))
    assert not set(prints) & set(grams(given))
    assert set(fingerprints(own)) <= set(prints)


def test_short_code_has_at_least_one_and_less_than_a_gram_none():
    assert len(fingerprints(noise(1, GRAM))) == 1
    assert len(fingerprints(noise(1, GRAM + 2))) == 1
    assert fingerprints(noise(1, GRAM - 1)) == {}
    assert fingerprints([]) == {}


def test_a_token_repeated_without_end_is_one_fingerprint():
    assert len(fingerprints([7] * 20_000)) == 1
