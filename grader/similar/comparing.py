"""Who shares more with somebody than is usual in this class, for one exercise.

Only rare fingerprints count: those that few of the class have, and nobody was
given. What is usual is measured in the class itself: for each submission the
largest share that it has in common with any other. A pair is listed where its
share is far above the median of those, and large in itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from statistics import median

from grader.similar.code import Code
from grader.similar.fingerprints import Prints, fingerprints

FEWEST = 6
"""Submissions below which nobody can say what is usual."""

RARE_SHARE = 0.1
RARE_AT_LEAST = 3
RARE_AT_MOST = 25
"""A fingerprint is rare if no more than a tenth of the class has it; three always may, 26 never.

The last bounds the work, too: a class of 2,000 has 45 times as many pairs as one of 300.
"""

FEWEST_SHARED = 15
"""Rare fingerprints that a pair must share: some 60 tokens, or ten lines. Two people who know the
formula write the same three lines of softmax, which are a dozen."""

SMALL = 20
FEWEST_IN_SMALL = 30
"""What a pair must share in a class of fewer than 20: rare is there what three of them have, and chance
gives two honest people more of that. Of 199 made classes of eight, in which everybody put a short answer
together from usual phrases, ten had a pair with 15, none with 30."""

LEAST_SHARE = 0.5
"""Of the rare code of the shorter one. Whoever adds to a copy makes only the longer one longer."""

SPREADS = 4.0
"""How far above the median, in standard deviations as the median absolute deviation gives them."""

LEAST_SPREAD = 0.03
"""In a class where nobody is like anybody, the deviation is 0, and one idiom in common no wonder."""

MOST_ASKED = 0.9
"""A pair that shares so much is listed however much the class varies, as long as that is not usual."""

TOO_USUAL = 0.6
"""With a median above this the class is so alike that no pair stands out."""

_MAD_TO_DEVIATION = 1.4826


@dataclass(frozen=True)
class Alike:
    """A pair that is listed.

    Attributes:
        students: Who, sorted.
        share: The part of the shorter one's rare fingerprints that the other one has too.
        shared: Those fingerprints.
    """

    students: tuple[str, str]
    share: float
    shared: AbstractSet[int]


@dataclass(frozen=True)
class Compared:
    """What came of comparing a class in one exercise.

    Attributes:
        prints: The fingerprints of each student's code.
        compared: How many of them have enough code of their own to be compared.
        usual: The median of the largest share that each has in common with any other.
        asked: The share from which a pair is listed; None where nothing can stand out.
        pairs: The pairs, most alike first.
    """

    prints: Mapping[str, Prints]
    compared: int
    usual: float
    asked: float | None
    pairs: tuple[Alike, ...]


def compare(codes: Mapping[str, Code], given: AbstractSet[int]) -> Compared:
    """Compare each with each.

    Args:
        codes: The class, by student.
        given: Runs of tokens that everybody was given.
    """
    prints = {student: fingerprints(code.tokens, given) for student, code in codes.items()}
    having: defaultdict[int, list[str]] = defaultdict(list)
    for student in sorted(prints):
        for gram in prints[student]:
            having[gram].append(student)
    most = min(max(ceil(RARE_SHARE * len(prints)), RARE_AT_LEAST), RARE_AT_MOST)
    rare = {gram: students for gram, students in having.items() if len(students) <= most}
    amounts = Counter(student for students in rare.values() for student in students)
    long_enough = {student for student, amount in amounts.items() if amount >= FEWEST_SHARED}
    shared = _shared(rare, long_enough)
    shares = {pair: len(grams) / min(amounts[each] for each in pair) for pair, grams in shared.items()}
    usual, asked = _asked(shares, long_enough)
    fewest = FEWEST_IN_SMALL if len(prints) < SMALL else FEWEST_SHARED
    pairs = [
        Alike(pair, shares[pair], frozenset(grams))
        for pair, grams in shared.items()
        if asked is not None and shares[pair] >= asked and len(grams) >= fewest
    ]
    pairs.sort(key=lambda pair: (-pair.share, -len(pair.shared), pair.students))
    return Compared(prints, len(long_enough), usual, asked, tuple(pairs))


def _shared(rare: Mapping[int, Iterable[str]], among: AbstractSet[str]) -> dict[tuple[str, str], set[int]]:
    """The rare fingerprints of each pair that has any in common; students are in order."""
    found: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for gram, students in rare.items():
        for pair in combinations((each for each in students if each in among), 2):
            found[pair].add(gram)
    return found


def _asked(shares: Mapping[tuple[str, str], float], students: AbstractSet[str]) -> tuple[float, float | None]:
    """What is usual among these students, and the share from which a pair stands out."""
    if len(students) < FEWEST:
        return 0.0, None
    nearest = dict.fromkeys(students, 0.0)
    for pair, share in shares.items():
        for student in pair:
            nearest[student] = max(nearest[student], share)
    usual = median(nearest.values())
    deviation = _MAD_TO_DEVIATION * median(abs(each - usual) for each in nearest.values())
    if usual > TOO_USUAL:
        return usual, None
    asked = usual + SPREADS * max(deviation, LEAST_SPREAD)
    return usual, min(max(asked, LEAST_SHARE), MOST_ASKED)
