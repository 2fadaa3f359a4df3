"""Words for what a wrong value is: one sentence that says it, one that says where to look.

Made of fixed words and numbers; names are those of the exercise's sizes and of
arguments in its tests, and are made inert like everything else.
"""

from collections.abc import Callable, Sequence

from grader.findings.explanations import Relation
from grader.report.about_factors import ALIKE, those
from grader.report.about_whens import about_when, when_words
from grader.report.numbers import count, listed
from grader.report.words import name, part


def about_relation(relation: Relation) -> tuple[str, str]:
    """What is said about `relation`.

    Returns:
        What the wrong value is, and what to look at next.
    """
    said, step = _SAID[relation.kind](relation)
    if relation.when is not None and relation.kind != "when":
        said += f" This happens {when_words(relation.when)}."
    return said, step


def _yours(relation: Relation) -> str:
    return f"Your {part(relation.leaf)}" if relation.leaf.startswith("[") else "Your result"


def _dims(dims: Sequence[int]) -> str:
    """`dimension 1`, `the last dimension`, `dimensions 2 and 3`."""
    if len(dims) == 1:
        return {-1: "the last dimension", -2: "the last dimension but one"}.get(
            dims[0], f"dimension {dims[0]}"
        )
    if tuple(dims) == (-2, -1):
        return "the last two dimensions"
    return f"dimensions {listed([str(dim) for dim in dims])}"


# --- numbers ------------------------------------------------------------------------


def _mean(relation: Relation) -> tuple[str, str]:
    over = f" along {_dims(relation.dims)}" if relation.dims else ""
    return (
        f"{those(relation)} of yours is the mean of the expected ones{over}.",
        "Something is averaged before it should be: look at each mean() and at what it keeps.",
    )


def _argument(relation: Relation) -> tuple[str, str]:
    what = _the_argument(relation)
    return (
        f"{_yours(relation)} is {what}, unchanged.",
        "Does what you compute reach the return statement? Look for a result that is not assigned.",
    )


def _the_argument(relation: Relation) -> str:
    what = name(relation.named)
    if what.startswith("argument "):
        words = {"1": "first", "2": "second", "3": "third", "4": "fourth"}
        order = words.get(what.removeprefix("argument "))
        return f"the {order} argument" if order else what
    return f"`{what}`"


def _with_argument(sentence: str, step: str) -> Callable[[Relation], tuple[str, str]]:
    def words(relation: Relation) -> tuple[str, str]:
        what = _the_argument(relation)
        return sentence.format(what=what), step.format(what=what)

    return words


def _fixed(sentence: str, step: str) -> Callable[[Relation], tuple[str, str]]:
    """Sentences that may say `{those}`, `{yours}` and `{dims}`."""

    def words(relation: Relation) -> tuple[str, str]:
        said = sentence.format(those=those(relation), yours=_yours(relation), dims=_dims(relation.dims))
        return said, step

    return words


def _rounded(relation: Relation) -> tuple[str, str]:
    places = int(relation.value or 0)
    to = f"to {count(places, 'decimal place')}" if places else "to whole numbers"
    return (
        f"Your numbers are the expected ones, rounded {to}.",
        "Return the numbers as they are: rounding is for printing.",
    )


# --- order and slices --------------------------------------------------------------


def _transposed(relation: Relation) -> tuple[str, str]:
    if len(relation.dims) == 2 and set(relation.dims) <= {0, 1}:
        said = f"{_yours(relation)} is the expected one transposed."
    elif len(relation.dims) == 2:
        said = f"{_yours(relation)} is the expected one with {_dims(relation.dims)} swapped."
    else:
        said = f"{_yours(relation)} has the right numbers, with its dimensions in another order."
    return said, "Write down the shape after each step: where is a transpose missing, or one too many?"


def _rolled(relation: Relation) -> tuple[str, str]:
    return (
        f"{_yours(relation)} is the expected one moved round by {abs(int(relation.value or 0))} along "
        f"{_dims(relation.dims)}: what leaves at one end comes in at the other.",
        "Look at how you index: a negative index counts from the end.",
    )


def _normalised(relation: Relation) -> tuple[str, str]:
    where = f"along {_dims(relation.dims)}" if relation.dims else "over the whole tensor"
    return (
        f"Your numbers add up to 1 {where}; they should along another dimension.",
        "Look at the `dim` of the sum that you divide by: which numbers belong together?",
    )


def _along(relation: Relation) -> str:
    return "the `dim` of the call" if relation.named == "dim" else _dims(relation.dims)


def _slice_factor(relation: Relation) -> tuple[str, str]:
    return (
        f"Along {_along(relation)} all numbers are off by one factor, and each slice has its own.",
        "The shape of the answer is right, its scale is not: what is each slice divided or multiplied by?",
    )


def _slice_offset(relation: Relation) -> tuple[str, str]:
    return (
        f"Along {_along(relation)} all numbers are off by one amount, and each slice has its own.",
        "A term that is the same for a whole slice is wrong or missing: which one is that?",
    )


# --- another shape -------------------------------------------------------------------


def _not_reduced(relation: Relation) -> tuple[str, str]:
    done = "added up" if relation.named == "sum" else "averaged"
    return (
        f"Your numbers are right once they are {done} over {_dims(relation.dims)}.",
        f"Which dimension has to go? A {'sum' if relation.named == 'sum' else 'mean'} over it is missing.",
    )


def _reduced(relation: Relation) -> tuple[str, str]:
    done = "sum" if relation.named == "sum" else "mean"
    over = _dims(relation.dims) if relation.dims else "everything"
    return (
        f"{_yours(relation)} is the {done} of the expected one over {over}.",
        f"A {done} takes in too much: without `dim` it runs over the whole tensor.",
    )


def _detached(relation: Relation) -> tuple[str, str]:
    if relation.named == "graph":
        return (
            "Your numbers are right, but they hold no graph: autograd cannot go back through them.",
            "Look for .detach(), .data, .item(), .numpy(), torch.no_grad() or a new torch.tensor(...) "
            "between the input and the result.",
        )
    return (
        "Your numbers are right, and autograd goes back through them, but not to this argument.",
        "Look at what you do with this argument first: is it copied, detached or made into a new tensor?",
    )


def _place(relation: Relation) -> tuple[str, str]:
    if relation.named in ("border", "diagonal"):
        said = f"In each call exactly the numbers on the {relation.named} are wrong."
    else:
        which = relation.named.removeprefix("not-")
        wrong = "wrong" if which == relation.named else "right"
        said = f"In each call exactly the {which} slice along {_dims(relation.dims)} is {wrong}."
    return (
        said,
        "What does your code do differently there? Check where each loop and each slice begins and ends.",
    )


_LOOK_BACK = (
    "Is it the last step that is missing, or one too many? Compare the end of your code with the handout."
)

_SAID: dict[str, Callable[[Relation], tuple[str, str]]] = {
    **ALIKE,
    "values-right": _fixed(
        "Your numbers are right.", "Only what kind of tensor they are in has to change, not the formula."
    ),
    "detached": _detached,
    "zero": _fixed(
        "{those} of yours is 0.",
        "Is a tensor of zeros never filled, or multiplied by something that is 0?",
    ),
    "earlier": _fixed(
        "{yours} is the same as in another call, with other inputs.",
        "Is every argument used by its own name? Look for something that lives longer than one call: a "
        "global, a default argument, a cache.",
    ),
    "argument": _argument,
    "result": _fixed(
        "After the call this argument holds your result.",
        "An operation whose name ends in _ , or x[...] = ..., writes into the input: make a new tensor.",
    ),
    "other-part": lambda relation: (
        f"{_yours(relation)} is what {part(relation.named)} should be.",
        "The parts are in another order than asked for: compare your return statement with the handout.",
    ),
    "mean": _mean,
    "missing": _with_argument(
        "Every number is right once {what} is added.",
        "Is {what} used at all? It belongs to each place that it is meant for, exactly once.",
    ),
    "added": _with_argument(
        "Every number is too large by {what}, as if it were added once more.",
        "Find each place where {what} is added: one of them is too many.",
    ),
    "missing-factor": _with_argument(
        "Every number is right once it is multiplied by {what}.",
        "Where does {what} enter the formula? Something is divided by it, or not multiplied.",
    ),
    "extra-factor": _with_argument(
        "Every number is the expected one times {what}.",
        "Find each place where {what} is multiplied: one of them is too many.",
    ),
    "transposed": _transposed,
    "viewed": _fixed(
        "{yours} has the right numbers in the wrong places, as after a reshape in place of a transpose.",
        "A view or reshape keeps the order of the numbers and only cuts it differently; transpose, permute "
        "and movedim move the dimensions.",
    ),
    "flipped": _fixed(
        "{yours} is the expected one in reverse along {dims}.",
        "Look for a flip, a negative step, or a loop that counts down.",
    ),
    "rolled": _rolled,
    "shifted": _fixed(
        "Your numbers are the expected ones, moved by one along {dims}.",
        "Look for an index that is one too large or one too small.",
    ),
    "absolute": _fixed(
        "Your numbers are the expected ones without their sign.",
        "Look for an abs, or a square and a root.",
    ),
    "clipped": _fixed(
        "Where the expected number is negative yours is 0; the others are right.",
        "Look for a relu, a clamp or a max with 0.",
    ),
    "complement": _fixed(
        "{those} is 1 minus the expected one.",
        "Are right and wrong, or this and the other one, exchanged?",
    ),
    "rounded": _rounded,
    "truncated": _fixed(
        "Your numbers are the expected ones without what comes after the point.",
        "Look for //, int(...), .long() or a tensor of whole numbers that the result is written into.",
    ),
    "log": _fixed("{those} is the logarithm of the expected one.", _LOOK_BACK),
    "log2": _fixed("{those} is the logarithm to base 2 of the expected one.", _LOOK_BACK),
    "exp": _fixed("{those} is exp of the expected one.", _LOOK_BACK),
    "square": _fixed("{those} is the square of the expected one.", _LOOK_BACK),
    "root": _fixed("{those} is the square root of the expected one.", _LOOK_BACK),
    "reciprocal": _fixed("{those} is 1 divided by the expected one.", "Is a division the wrong way round?"),
    "normalised": _normalised,
    "slice-factor": _slice_factor,
    "slice-offset": _slice_offset,
    "reordered": _fixed(
        "The right numbers are all there, but not in the right places.",
        "Follow one number to its place: where do your indices and those of the handout part?",
    ),
    "squeezed": _fixed(
        "Your numbers are right, but dimensions of size 1 are missing.",
        "Look for squeeze(), for an index like x[0], or a sum without keepdim=True.",
    ),
    "unsqueezed": _fixed(
        "Your numbers are right, but there are dimensions of size 1 too many.",
        "Look for keepdim=True, unsqueeze or None in an index.",
    ),
    "reshaped": _fixed(
        "Your numbers are right and in the right order, only the shape is another.",
        "A reshape to the shape in the handout is all that is missing.",
    ),
    "expanded": _fixed(
        "Your numbers are right, but they are repeated.",
        "Two shapes were broadcast against each other: print the shapes before each + - * /.",
    ),
    "not-reduced": _not_reduced,
    "reduced": _reduced,
    "cropped": _fixed(
        "Your result is the middle of the expected one: its edges are missing.",
        "Is the padding there, on both sides?",
    ),
    "padded": _fixed(
        "The expected result is the middle of yours: there is an edge too many.",
        "Is there padding that was not asked for, or twice as much?",
    ),
    "leading": _fixed(
        "What you return is right, but its end is missing.",
        "Check the size of the output, and where each loop ends: is a + 1 missing?",
    ),
    "longer": _fixed(
        "What you return begins with the expected result, and goes on after it.",
        "Check the size of the output, and where each loop ends: is it rounded up?",
    ),
    "steps": _fixed(
        "The expected result is in yours: it takes only every second, third... row or column of it.",
        "Where does the stride enter? It is how far the window moves from one output to the next.",
    ),
    "finite": _fixed(
        "Every number of yours that is finite is right.",
        "The formula is right; one step of it overflows. Which one sees the largest numbers?",
    ),
    "place": _place,
    "when": about_when,
}
"""Who finds the words for each kind."""
