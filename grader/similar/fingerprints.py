"""Fingerprints of code: few enough to compare a class, and any longer run of equal tokens shares one.

Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document
Fingerprinting", SIGMOD 2003: every run of GRAM tokens is hashed, and of each
WINDOW runs in a row the smallest hash is kept. Whatever two submissions have in
common of GRAM + WINDOW - 1 tokens or more is found, wherever it stands.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

GRAM = 10
"""Tokens of one fingerprint: shorter runs are idioms that everybody writes."""

WINDOW = 5
"""Of so many runs in a row one is kept, so that 14 equal tokens, two lines or so, are always found."""

Prints = Mapping[int, tuple[int, ...]]
"""For each fingerprint the tokens that it begins at."""


def grams(tokens: Sequence[int]) -> list[int]:
    """The hash of every run of GRAM tokens, by the token that it begins at."""
    return [hash(tuple(tokens[at : at + GRAM])) for at in range(len(tokens) - GRAM + 1)]


def fingerprints(tokens: Sequence[int], given: AbstractSet[int] = frozenset()) -> Prints:
    """The fingerprints of a sequence of tokens.

    Args:
        tokens: The code.
        given: Runs that everybody was given; as if they were not there.
    """
    found: dict[int, list[int]] = {}
    hashes = [None if gram in given else gram for gram in grams(tokens)]
    last = -1
    for start in range(max(len(hashes) - WINDOW + 1, min(len(hashes), 1))):
        window = [
            (gram, -at) for at, gram in enumerate(hashes[start : start + WINDOW], start) if gram is not None
        ]
        if not window:
            continue
        gram, at = min(window)  # of equal ones the last
        if -at != last:
            last = -at
            found.setdefault(gram, []).append(last)
    return {gram: tuple(places) for gram, places in found.items()}
