"""Words for when a value is wrong: what the calls that go wrong have in common, and no other call has."""

from grader.findings.explanations import Relation, When
from grader.report.about_sizes import with_meaning
from grader.report.numbers import bound, count
from grader.report.words import name

_LARGE = 10.0
"""Inputs from this size on can overflow somewhere; before it, something else happens."""

_NOT_SO_LARGE = "Look for a clamp, a limit, or a function that flattens out for inputs of that size."

_STEPS = {
    "size-one": "Try one by hand: does a squeeze, or a broadcast, do something else there?",
    "size-more": "Take the smallest input where it is 2: with 1, sums and means hide what goes wrong.",
    "option": "Follow `{name}` through your code: is it used everywhere where it should be?",
    "no-option": "What does your code do when `{name}` is not given?",
    "large": "Look at each exp, square and product: which one grows too large for such inputs?",
    "infinite": "Follow one infinite number through your code: inf - inf and 0 * inf are NaN.",
    "dtype": "Look for a dtype that is written down in your code, or a .float() or .double().",
    "square": "Where sizes are equal a mixed-up dimension is no error: check each transpose and each `dim`.",
    "not-square": "Look for a height that is used where a width belongs, or one size used for both.",
    "rank": "Look for a dimension that is written as a number: 0, 1 or -1 are not the same for every rank.",
    "layout": "Look for view(), .data_ptr() or as_strided: they read memory, not the tensor's own order.",
}


def when_words(when: When) -> str:
    """What the calls that go wrong have in common: `only when ...`."""
    what = name(when.name)
    match when.kind:
        case "size-one":
            return f"in each call where {with_meaning(what)} is 1"
        case "size-more":
            return f"in each call where {with_meaning(what)} is more than 1"
        case "option":
            return f"in each call that sets `{what}`"
        case "no-option":
            return f"in each call that leaves `{what}` out"
        case "large":
            return f"in each call with an input of size {bound(when.value or 0.0)} or more"
        case "infinite":
            return "in each call with an infinite input"
        case "dtype":
            return f"in each call with inputs of {what}"
        case "square":
            return "in each call whose first argument is square in its last two dimensions"
        case "not-square":
            return "in each call whose first argument is not square in its last two dimensions"
        case "rank":
            return f"in each call whose first argument has {count(int(when.value or 0), 'dimension')}"
        case _:
            return "in each call with an input that is not contiguous in memory"


def about_when(relation: Relation) -> tuple[str, str]:
    """What is said where only the calls are known that go wrong: which, and what to look at next."""
    assert relation.when is not None
    when = relation.when
    step = _STEPS[when.kind].format(name=name(when.name))
    if when.kind == "large" and (when.value or 0.0) < _LARGE:
        step = _NOT_SO_LARGE
    return f"Your result is wrong {when_words(when)}, and right in the others.", step
