"""Words for wrong numbers that are all off alike: by a factor, an amount, a sign, or to one number.

A factor that equals a size of the exercise is told by the size's name and meaning.
"""

from collections.abc import Callable

from grader.findings.explanations import Relation
from grader.report.about_sizes import MEANINGS, meaning, size_in
from grader.report.numbers import number
from grader.report.words import name

_CONSTANTS = {"2", "1/2", "ln 2", "log2 e", "ln 10", "log10 e", "100", "1/100", "255", "1/255"}


def those(relation: Relation) -> str:
    """The numbers that a relation is true of, as the subject of a sentence."""
    return "Every wrong number" if relation.wrong_only else "Every number"


def _factor(relation: Relation) -> tuple[str, str]:
    all_of_them = those(relation)
    if not relation.named and relation.value is None:
        return (
            f"{all_of_them} of one call is off by the same factor, and the factor changes from call to call.",
            "The formula is right up to one number for the whole call: what do you multiply or divide by?",
        )
    if not relation.named:
        value = relation.value or 0.0
        return (
            f"{all_of_them} is {number(value, 5)} times the expected one.",
            f"Where could a factor of {number(value, 5)}, or of {number(1 / value, 5)} on the other side, "
            "come in or get lost?",
        )
    text = name(relation.named)
    sign = ", with the wrong sign," if text.startswith("-") else ""
    text = text.removeprefix("-")
    if text in _CONSTANTS:
        return (
            f"{all_of_them} is {text} times the expected one{sign.rstrip(',')}.",
            _of_constant(text),
        )
    if text.startswith("1/") and "sqrt" not in text:
        size = text.removeprefix("1/").strip("()")
        return (
            f"{all_of_them}{sign} is {size} times too small{meaning(size)}.",
            f"Do you divide by {size} where you should not, or take a mean where a sum is asked for?",
        )
    if text in MEANINGS or "*" in text or text.isidentifier():
        return (
            f"{all_of_them}{sign} is {text} times too large{meaning(text)}.",
            f"Is a division by {text} missing, or is there a sum where a mean is asked for?",
        )
    return (
        f"{all_of_them}{sign} is {text} times the expected one{meaning(size_in(text))}.",
        f"Where could a factor of {text} come in, or the opposite of it get lost?",
    )


def _of_constant(text: str) -> str:
    if text in ("ln 2", "log2 e", "ln 10", "log10 e"):
        return "That is the ratio between logarithms of two bases: torch.log is the natural one."
    if text in ("100", "1/100"):
        return "Is one of the two a share, from 0 to 1, and the other in percent?"
    if text in ("2", "1/2"):
        return "Where could a 2 come from: a derivative of a square, a sum made twice, a half left out?"
    return "Is there a scaling of the input that the handout does not ask for?"


def _sign(relation: Relation) -> tuple[str, str]:
    return (
        f"{those(relation)} has the right size and the wrong sign.",
        "Look for a minus that is missing, or for a difference taken the other way round.",
    )


def _offset(relation: Relation) -> tuple[str, str]:
    all_of_them = those(relation)
    if relation.named:
        text = name(relation.named)
        size = text.removeprefix("-1/").removeprefix("1/").removeprefix("-")
        more = "too small" if text.startswith("-") else "too large"
        amount = text.removeprefix("-")
        return (
            f"{all_of_them} is {amount} {more}{meaning(size)}.",
            f"Which term of the formula is {amount}, and is it added in the right places only?",
        )
    if relation.value is None:
        return (
            f"{all_of_them} of one call is off by the same amount, which changes from call to call.",
            "One number is added to, or left out of, the whole result: which one?",
        )
    more = "too large" if relation.value > 0 else "too small"
    return (
        f"{all_of_them} is {number(abs(relation.value), 5)} {more}.",
        "Which term of the formula is the same everywhere? Is it added once too often, or left out?",
    )


def _constant(relation: Relation) -> tuple[str, str]:
    what = name(relation.named) or number(relation.value or 0.0, 5)
    size = what.removeprefix("-").removeprefix("1/")
    calls = f" in {relation.calls:,} calls with different inputs" if relation.calls > 1 else ""
    return (
        f"{those(relation)} of yours is {what}{calls}{meaning(size)}.",
        "Does the result depend on the input at all? Follow one input number through your code.",
    )


ALIKE: dict[str, Callable[[Relation], tuple[str, str]]] = {
    "sign": _sign,
    "factor": _factor,
    "offset": _offset,
    "constant": _constant,
}
"""Who finds the words for each kind that is about all numbers alike."""
