"""The simplest explanation that fits all calls seen, for each part of each entry point.

Leaves that are wrong in one way are explained together. What fits them all is
taken; among several, one that the right calls do not contradict, then the
simplest. Where nothing fits all, what fits most is claimed of those alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch

from grader.compare.samples import Sample
from grader.compare.where import where
from grader.diagnosis.relations.forms import FITS, close, precise
from grader.diagnosis.relations.guesses import PREDICT, Guess, measured, near
from grader.diagnosis.relations.leaves import Leaf, Status, leaves
from grader.diagnosis.relations.proposals import ABOUT_ARGUMENTS, SIMPLE, proposals
from grader.diagnosis.relations.sizes import Dims
from grader.diagnosis.relations.whens import when
from grader.findings import Finding, Relation
from grader.findings.explanations import When

ROUNDS = 3
"""Explanations that one part of one entry point may need, for its several ways to be wrong."""

GROUPS: tuple[frozenset[Status], ...] = (
    frozenset({"values", "not-finite"}),
    frozenset({"shape"}),
    frozenset({"attributes"}),
    frozenset({"detached"}),
    frozenset({"modified"}),
)
"""Ways to be wrong that are explained together."""

EVIDENCE: Mapping[str, int] = {
    "factor": 1,
    "offset": 2,
    "constant": 2,
    "transposed": 4,
    "flipped": 4,
    "rolled": 4,
    "viewed": 4,
    "reordered": 4,
    "absolute": 2,
    "clipped": 2,
    "truncated": 2,
    "rounded": 3,
    "missing": 2,
    "added": 2,
    "not-reduced": 2,
}
"""Least wrong numbers, over all calls, that must bear an explanation out; for others one is enough."""

FREE = 3
"""Least wrong numbers for a factor without a name, and for what is claimed of some calls or numbers only."""

NAMELESS = ("factor", "offset")

LOOSE = ("slice-factor", "slice-offset", "reordered", "normalised")

UNMEASURED = ("values-right", "detached", "result")
"""Kinds that are seen, and need no numbers to bear them out."""


@dataclass
class Fitting:
    """Leaves that bear a guess out.

    Attributes:
        clear: Those where no accident looks like it.
        vague: Those whose allowances leave room for other guesses too.
    """

    clear: list[Leaf] = field(default_factory=list)
    vague: list[Leaf] = field(default_factory=list)


@dataclass(frozen=True)
class Around:
    """What is known beside a leaf.

    Attributes:
        part: All leaves of its part of its entry point.
        results: The result of each call, by the identity of its arguments.
        samples: All parts of each claim.
    """

    part: Sequence[Leaf]
    results: Mapping[int, Leaf]
    samples: Mapping[int, Sequence[Leaf]]


def relations(samples: Sequence[Sample], dims: Dims) -> list[dict[str, Relation]]:
    """What the wrong values of one exercise are.

    Args:
        samples: All claims of the tests that failed and of those that passed, in order.
        dims: For each entry point the names of the dimensions of each argument,
            such as {"conv2d": [("N", "C_in", "H", "W"), ...]}.

    Returns:
        For each sample, in order, a relation for each of its parts that is wrong
        and explained; parts are named as `leaf_of` names those of findings.
    """
    found: list[dict[str, Relation]] = [{} for _ in samples]
    parts: dict[tuple[str, str, str], list[Leaf]] = defaultdict(list)
    by_sample: dict[int, list[Leaf]] = defaultdict(list)
    for leaf in leaves(samples, dims):
        parts[leaf.key].append(leaf)
        by_sample[leaf.sample].append(leaf)
    results = {
        id(leaf.call.args): leaf
        for (_, claim, path), part in parts.items()
        if claim == "value" and not path
        for leaf in part
    }
    for part in parts.values():
        for leaf, relation in _explained(Around(part, results, by_sample)):
            found[leaf.sample][leaf.key[2]] = relation
    return found


def leaf_of(finding: Finding) -> str:
    """The part that a finding is about, as relations name it."""
    match finding.code:
        case "no-gradient":
            return f"the gradient of {finding.argument}"
        case "argument-modified":
            return finding.argument
        case _:
            return getattr(finding, "leaf", "")


def _explained(around: Around) -> list[tuple[Leaf, Relation]]:
    """Relations for the wrong leaves of one part of one entry point."""
    part = around.part
    right = [leaf for leaf in part if leaf.status == "right"]
    found: dict[Leaf, Relation] = {}
    for statuses in GROUPS:
        group = [leaf for leaf in part if leaf.status in statuses]
        fitting = _fitting(group, around)
        for _ in range(ROUNDS):
            chosen = _chosen(group, fitting, right, around)
            if chosen is None:
                break
            guess, covered, consistent = chosen
            feature = None if consistent else when(covered, [leaf for leaf in part if leaf not in covered])
            if feature is not None and feature.name == guess.named != "":
                feature = None  # a bias is missing where a bias is given
            found.update(dict.fromkeys(covered, _relation(guess, covered, feature)))
            group = [leaf for leaf in group if leaf not in covered]
    rest = [leaf for leaf in part if leaf.status not in ("right", "other") and leaf not in found]
    found.update(_of_the_rest(rest, part))
    return list(found.items())


def _relation(guess: Guess, covered: Sequence[Leaf], feature: When | None) -> Relation:
    return Relation(
        kind=guess.kind,
        leaf=_told(covered[0].key[2]),
        value=guess.value,
        named=guess.named,
        dims=guess.dims,
        wrong_only=guess.wrong_only,
        calls=len({leaf.sample for leaf in covered}),
        when=feature,
    )


def _told(path: str) -> str:
    """A part as a relation may name it: names within it may be student code's own, and are left out."""
    return "" if "'" in path or '"' in path else path


def _fitting(group: Sequence[Leaf], around: Around) -> dict[Guess, Fitting]:
    """The leaves that bear each guess out: each is asked about its own guesses, and about those of others.

    What is clear in one call may be seen in others too whose allowances are so wide that much else would fit.
    """
    fitting: dict[Guess, Fitting] = {}
    asked: dict[Guess, set[Leaf]] = defaultdict(set)
    for leaf in group:
        for guess in dict.fromkeys(proposals(leaf, around.samples[leaf.sample])):
            asked[guess].add(leaf)
            if _fits(leaf, guess, around):
                fitting.setdefault(guess, Fitting()).clear.append(leaf)
    for guess, fits in fitting.items():
        if guess.kind in PREDICT:
            others = [leaf for leaf in group if leaf not in fits.clear]
            fits.clear += [leaf for leaf in others if leaf not in asked[guess] and _fits(leaf, guess, around)]
            others = [leaf for leaf in others if leaf not in fits.clear]
            fits.vague += [leaf for leaf in others if _fits(leaf, guess, around, accidents=True)]
    return fitting


def _chosen(
    group: Sequence[Leaf],
    fitting: Mapping[Guess, Fitting],
    right: Sequence[Leaf],
    around: Around,
) -> tuple[Guess, list[Leaf], bool] | None:
    """The best guess, the leaves of `group` that it explains, and whether it explains the right ones too."""
    left = set(group)
    candidates = []
    for place, (guess, fits) in enumerate(fitting.items()):
        clear = [leaf for leaf in fits.clear if leaf in left]
        covered = [*clear, *(leaf for leaf in fits.vague if leaf in left)]
        if clear and _enough(guess, clear, whole=len(covered) == len(group)):
            candidates.append(((-len(covered), *_rank(guess, place)), guess, covered))
    if not candidates:
        return None
    candidates.sort(key=lambda each: each[0])
    firm = [each for each in candidates if not _loose(each[1])]
    if firm and 2 * len(firm[0][2]) >= len(group):
        candidates = firm  # of two mistakes, one said plainly is worth more than both said vaguely
    most = [each for each in candidates if each[0][0] == candidates[0][0][0]]
    for _, guess, covered in most:
        if right and not _loose(guess) and all(_fits(leaf, guess, around) for leaf in right):
            return guess, covered, True
    _, guess, covered = most[0]
    return guess, covered, False


def _loose(guess: Guess) -> bool:
    """Whether a guess says so little that right calls always bear it out."""
    return guess.kind in LOOSE or (guess.kind in NAMELESS and not guess.named and guess.value is None)


def _rank(guess: Guess, place: int) -> tuple[float, ...]:
    nameless = guess.kind in NAMELESS and _loose(guess)
    return (float(guess.wrong_only), float(nameless), float(SIMPLE.index(guess.kind)), float(place))


def _fits(leaf: Leaf, guess: Guess, around: Around, *, accidents: bool = False) -> bool:
    match guess.kind:
        case "values-right":
            return leaf.status in ("attributes", "right")
        case "detached":
            value = around.results.get(id(leaf.call.args))
            if value is None or value.status != "right":
                return leaf.status == "right"
            follows = getattr(value.call.value, "requires_grad", False)
            return leaf.status == "right" or bool(follows) != (guess.named == "graph")
        case "result":
            value = around.results.get(id(leaf.call.args))
            return value is not None and bool(
                (value.seen.shape == leaf.seen.shape) and ((value.seen == leaf.seen).all())
            )
        case "other-part":
            return leaf.status != "right" and _of_another_part(leaf, guess, around)
        case "earlier":
            return leaf.status == "right" or _seen_elsewhere(leaf, around.part)
    if guess.kind in FITS and (guess.kind != "transposed" or leaf.status == "shape"):
        return FITS[guess.kind](leaf, guess) and (leaf.status == "right" or precise(leaf))
    if guess.kind in PREDICT and leaf.seen.shape == leaf.expected.shape:
        if leaf.status == "right" and (guess.wrong_only or _not_about(leaf, guess)):
            return True
        own = measured(leaf, guess)
        if own is guess or leaf.wrong_count >= FREE or leaf.status == "right":
            prediction = PREDICT[guess.kind](leaf, own)
            return prediction is not None and near(
                leaf, prediction, wrong_only=guess.wrong_only, accidents=accidents
            )
    return False


def _not_about(leaf: Leaf, guess: Guess) -> bool:
    """Whether a guess is about an argument that the call has not got."""
    return guess.kind in ABOUT_ARGUMENTS and guess.named not in dict(leaf.arguments)


def _of_another_part(leaf: Leaf, guess: Guess, around: Around) -> bool:
    """Whether this is what another part of the same result should be."""
    for other in around.samples[leaf.sample]:
        if other.key[2] == guess.named == _told(guess.named) and other.expected.shape == leaf.seen.shape:
            apart = leaf.status == "shape" or not close(leaf, other.expected, leaf.expected, leaf.limit)
            return apart and close(other, leaf.seen, other.expected, other.limit)
    return False


def _seen_elsewhere(leaf: Leaf, part: Sequence[Leaf]) -> bool:
    """Whether another call gave this too, or an earlier one should have."""
    if (
        not leaf.finite
        or not precise(leaf)
        or (leaf.seen.numel() > 1 and bool((leaf.seen == leaf.seen.flatten()[0]).all()))
    ):
        return False
    return any(_of_another_call(leaf, other) for other in part)


def _of_another_call(leaf: Leaf, other: Leaf) -> bool:
    """Whether `leaf` is what came of the call of `other`, which has other arguments and another result."""
    if other.sample == leaf.sample or _same_arguments(other, leaf):
        return False
    earlier, alike = other.sample < leaf.sample, other.expected.shape == leaf.expected.shape
    if alike and not bool(((other.expected - leaf.expected).abs() > leaf.limit).any()):
        return False
    # What comes later was not left over: it says only that both do not hang on their arguments. And of
    # single numbers two are soon equal by chance.
    counts = earlier or (other.status != "right" and leaf.seen.numel() > 1)
    same = counts and torch.equal(other.seen, leaf.seen)
    return same or (earlier and alike and _is(leaf, other))


def _is(leaf: Leaf, other: Leaf) -> bool:
    """Whether `leaf` is what another call should have given; a claim that allows anything says nothing."""
    return close(leaf, leaf.seen, other.expected, torch.minimum(other.limit, leaf.limit))


def _same_arguments(one: Leaf, other: Leaf) -> bool:
    mine, theirs = one.arguments, other.arguments
    return (
        bool(mine)
        and len(mine) == len(theirs)
        and all(torch.equal(a, b) for (_, a), (_, b) in zip(mine, theirs, strict=True))
    )


def _enough(guess: Guess, covered: Sequence[Leaf], *, whole: bool) -> bool:
    """Whether so many wrong numbers bear the guess out that it is no accident."""
    if guess.kind in UNMEASURED:
        return True
    evidence = sum(leaf.wrong_count for leaf in covered)
    least = EVIDENCE.get(guess.kind, 1)
    if guess.kind in NAMELESS and not guess.named:
        least = FREE
    if not whole or guess.wrong_only:
        least = max(least, FREE)
    if guess.kind == "constant" and guess.named == "" and evidence >= least:
        return len({float(leaf.expected.flatten()[0]) for leaf in covered}) > 1 or evidence >= FREE
    return evidence >= least


def _of_the_rest(rest: Sequence[Leaf], part: Sequence[Leaf]) -> dict[Leaf, Relation]:
    """What nothing explains in numbers: the same place in all calls, or what those calls have in common."""
    right = [leaf for leaf in part if leaf.status == "right"]
    wrong = [leaf for leaf in part if leaf.status not in ("right", "other")]
    whole = when(wrong, right)
    feature = whole or when(rest, [leaf for leaf in part if leaf not in rest])
    numbers = [leaf for leaf in rest if leaf.status in ("values", "not-finite")]
    place = _place(numbers)
    finite = [leaf for leaf in numbers if FITS["finite"](leaf, Guess("finite"))]
    found: dict[Leaf, Relation] = {}
    if whole is not None and rest:  # calls that are wrong in another way are not right
        found.update(dict.fromkeys(rest, _relation(Guess("when"), rest, whole)))
    if place is not None:
        dims, named = place
        guess = Guess("place", named=named, dims=dims)
        found.update(dict.fromkeys(numbers, _relation(guess, numbers, feature)))
    if finite:
        found.update(dict.fromkeys(finite, _relation(Guess("finite"), finite, feature)))
    return found


def _place(numbers: Sequence[Leaf]) -> tuple[tuple[int, ...], str] | None:
    """Where the wrong numbers sit in each of at least two calls; None if it is not the same place."""
    if len({leaf.sample for leaf in numbers}) < 2:
        return None
    common: set[tuple[tuple[int, ...], str]] | None = None
    for leaf in numbers:
        places = _places(leaf)
        common = places if common is None else common & places
        if not common:
            return None
    return min(common, key=lambda each: (min(each[0], default=0) < 0, each)) if common else None


def _places(leaf: Leaf) -> set[tuple[tuple[int, ...], str]]:
    """The first or last slice, all but one of them, or the border."""
    place = where(leaf.wrong, leaf.expected)
    if place is None or not place.whole:
        return set()
    if place.kind in ("border", "diagonal"):
        return {((), place.kind)}
    if place.kind not in ("slices", "all-but") or place.dim is None or place.size < 3:
        return set()
    touched = leaf.wrong.movedim(place.dim, 0).reshape(place.size, -1).any(dim=1).tolist()
    named = {
        "first": [True] + [False] * (place.size - 1),
        "last": [False] * (place.size - 1) + [True],
        "not-first": [False] + [True] * (place.size - 1),
        "not-last": [True] * (place.size - 1) + [False],
    }
    return {
        ((dim,), name)
        for name, pattern in named.items()
        if touched == pattern
        for dim in (place.dim, place.dim - leaf.expected.ndim)
    }
