"""Words for what came back from a call: numbers, shapes, types, gradients, side effects.

The findings here say that the student's code ran and returned, and that what
it returned or left behind is not what the contract asks for.
"""

from collections.abc import Sequence

from grader.findings import (
    ArgumentModified,
    CheckFailed,
    DeviceDiffers,
    DtypeDiffers,
    Entry,
    LengthDiffers,
    NamesDiffer,
    NoError,
    NoGradient,
    NotFinite,
    ShapeDiffers,
    StateChanged,
    TypeDiffers,
    Unstable,
    ValuesDiffer,
    Where,
    WrongError,
)
from grader.report.numbers import bound, brackets, count, listed, number, pair
from grader.report.safe import safe_text
from grader.report.words import Table, Words, kind, name, names, not_shown, of_part, part, source_lines

_ROWS = 5
"""Rows of a table of differences: enough to see a pattern, few enough to read."""

_FEW = 0.34
"""Up to this share of wrong numbers the special positions are the lead, above it the formula."""


def values_differ(finding: ValuesDiffer, title: str | None) -> Words:
    """Numbers beyond the allowance."""
    return Words(
        headline=_values_headline(finding),
        explanation=_rounding(finding),
        next_step=_values_next(finding),
        table=_entries(finding.entries),
    )


def _values_headline(finding: ValuesDiffer) -> str:
    if finding.total == 1:
        return f"{part(finding.leaf) or 'The result'} is not the expected number."
    which = f"All {finding.total:,}" if finding.total > 2 else "Both"
    if finding.wrong < finding.total:
        which = f"{finding.wrong:,} of the {finding.total:,}"
    differ = "differs" if finding.wrong == 1 else "differ"
    where = _where(finding.where, len(finding.shape), finding.leaf)
    return f"{which} numbers{of_part(finding.leaf)} {differ} from the expected ones{where}."


def _where(where: Where | None, ndim: int, leaf: str) -> str:
    """`, all of them in row 3`, or nothing where there is nothing to say."""
    if where is None:
        return ""
    edge = where.threshold or 0.0
    match where.kind:
        case "slices" if where.count > len(where.indices):
            noun, of = _slice_of(where, ndim, leaf)
            return f", all of them in {where.count:,} of the {where.size:,} {noun}s{of}"
        case "slices":
            return f", all of them in {_slices(where, ndim, leaf)}"
        case "all-but":
            return f", everywhere but in {_slices(where, ndim, leaf)}"
        case "border" if where.count > 1:
            return ", only in the two outermost rows and columns"
        case "border":
            return ", only along the border"
        case "diagonal":
            return ", only on the diagonal"
        case "above":
            return f", only where the expected value is {bound(edge)} or larger in size"
        case "below":
            return f", only where the expected value is {bound(edge, up=True)} or smaller in size"
        case "positive" | "negative":
            return f", only where the expected value is {where.kind}"
        case _:
            return ""


def _slices(where: Where, ndim: int, leaf: str) -> str:
    """`the last row`, `row 3`, `rows 0, 2 and 4`, `slice 3 of dimension 1`."""
    noun, of = _slice_of(where, ndim, leaf)
    if len(where.indices) > 1:
        return f"{noun}s {listed([str(index) for index in where.indices])}{of}"
    (index,) = where.indices
    place = {0: "first", where.size - 1: "last"}.get(index)
    return f"the {place} {noun}{of}" if place else f"{noun} {index}{of}"


def _slice_of(where: Where, ndim: int, leaf: str) -> tuple[str, str]:
    """What a slice along a dimension is called, and what follows its number."""
    dim = where.dim or 0
    if ndim <= 2:
        return ("entry" if ndim == 1 else ("row", "column")[dim], "")
    if ndim == 4 and not leaf:
        return (("item", " of the batch"), ("channel", ""), ("row", ""), ("column", ""))[dim]
    return "slice", f" of dimension {dim}"


def _rounding(finding: ValuesDiffer) -> str:
    if not name(finding.dtype).startswith(("float", "bfloat")):
        return "These are whole numbers or truth values, so they must be equal."
    sums = f" in sums of {finding.terms:,} terms" if finding.terms > 1 else ""
    return f"Rounding to {name(finding.dtype)}{sums} can make a difference up to 'allowed', not more."


def _values_next(finding: ValuesDiffer) -> str:
    if finding.total == 1 and finding.smallest is None:
        return "Work this one number out by hand on a tiny input, and compare step by step with your code."
    if finding.where is not None and _where(finding.where, len(finding.shape), finding.leaf):
        return "What is special about these positions, and which line of your code treats them differently?"
    if finding.smallest is not None and finding.wrong > _FEW * finding.total:
        return "Work the call under 'try' out by hand: from which line on does your code give other numbers?"
    if finding.wrong > _FEW * finding.total:
        return (
            "Take the first row of the table and work that number out by hand: is a factor, a sign, "
            "or the dimension of a sum different in your code?"
        )
    return (
        "Most numbers are right, so the formula is nearly there. What is special about these "
        "positions: an edge, the last item, a very large or masked value?"
    )


def _entries(entries: tuple[Entry, ...]) -> Table | None:
    if not entries:
        return None
    rows = [
        (
            brackets(entry.index) if entry.index else "-",
            *pair(entry.yours, entry.expected),
            number(entry.allowed, 2),
        )
        for entry in entries[:_ROWS]
    ]
    return Table(("index", "yours", "expected", "allowed"), tuple(rows))


def not_finite(finding: NotFinite, title: str | None) -> Words:
    """NaN or infinities."""
    return Words(
        headline=_not_finite_headline(finding),
        explanation=(
            "NaN comes from 0/0, inf - inf or inf/inf; infinity from dividing by zero, "
            "log(0), or exp of a number above 88 in float32."
        ),
        next_step=(
            "Print the largest and the smallest value that go into each exp, log and division: "
            "the first one that is not finite is where to begin."
        ),
        table=_entries(finding.entries),
    )


def _not_finite_headline(finding: NotFinite) -> str:
    if finding.total == 1:
        return f"{part(finding.leaf) or 'The result'} is {'NaN' if finding.nan else 'infinite'}."
    kinds = [(many, what) for many, what in ((finding.nan, "NaN"), (finding.infinite, "infinite")) if many]
    said_of = [f"{many:,} {'is' if many == 1 else 'are'} {what}" for many, what in kinds]
    where = _where(finding.where, len(finding.shape), finding.leaf)
    return f"Of {finding.total:,} numbers{of_part(finding.leaf)} {listed(said_of)}{where}."


def shape_differs(finding: ShapeDiffers, title: str | None) -> Words:
    """A tensor of another shape."""
    yours, expected = brackets(finding.yours), brackets(finding.expected)
    step = "Print the shape after each step, and find the first one that is not as in the handout."
    if len(finding.yours) != len(finding.expected):
        mine = count(len(finding.yours), "dimension")
        explanation = f"Your tensor has {mine}, the expected one has {len(finding.expected)}."
        step += " A sum, mean or max without keepdim=True drops a dimension; None or unsqueeze adds one."
    elif sorted(finding.yours) == sorted(finding.expected):
        explanation = "The sizes are right, but their order is not."
        step += " Perhaps a transpose is missing, or there is one too many."
    else:
        explanation = "The number of dimensions is right, but not every size."
    return Words(
        headline=f"The shape{of_part(finding.leaf)} is {yours}, not {expected}.",
        explanation=explanation,
        next_step=step,
        table=_sides("shape", yours, expected),
    )


def dtype_differs(finding: DtypeDiffers, title: str | None) -> Words:
    """A tensor of another dtype."""
    yours, expected = name(finding.yours), name(finding.expected)
    return Words(
        headline=f"The dtype{of_part(finding.leaf)} is {yours}, not {expected}.",
        explanation="What comes out must have the dtype that the handout asks for, mostly that of the input.",
        next_step=(
            "Look for a tensor that you make yourself without a dtype, or for .float() or .double(): "
            "torch.zeros_like(x) and x.new_zeros(...) keep the dtype of x."
        ),
        table=_sides("dtype", yours, expected),
    )


def device_differs(finding: DeviceDiffers, title: str | None) -> Words:
    """A tensor on another device."""
    yours, expected = name(finding.yours) or "another device", name(finding.expected)
    return Words(
        headline=f"The tensor{of_part(finding.leaf)} came back on {yours}, not on {expected}.",
        explanation="What comes out must be on the device that the inputs are on.",
        next_step=(
            "Look for .cpu(), .numpy() and tensors that you make yourself: "
            "torch.zeros(..., device=x.device) puts a new one where x is."
        ),
        table=_sides("device", yours, expected),
    )


def type_differs(finding: TypeDiffers, title: str | None) -> Words:
    """Something of another type."""
    yours, expected = name(finding.yours) or "something else", name(finding.expected)
    if finding.yours == "None":
        explanation = "A Python function that ends without a return statement returns None."
        next_step = "Check that every way through your function ends in `return ...`."
    elif expected == "tensor" and (family := finding.yours.partition(".")[0]) in _NO_TENSOR:
        explanation, next_step = _NO_TENSOR[family]
    else:
        explanation = "The values can only be compared once the type is right."
        next_step = "Look at your return statement, and at what the handout says the function returns."
    return Words(
        headline=f"{_returned(finding.leaf)} {_a(yours)} instead of {_a(expected)}.",
        explanation=explanation,
        next_step=next_step,
        table=_sides("type", yours, expected),
    )


_NO_TENSOR = {
    "numpy": (
        "NumPy knows nothing of gradients and GPUs, so what is computed with it can't be trained through.",
        "Write the same steps with torch's functions: np.exp is torch.exp, and axis is called dim.",
    ),
    "list": (
        "A list of numbers has no shape, no dtype and no gradient.",
        "Make a tensor of zeros with the shape, dtype and device that the result must have, and fill that; "
        "or join tensors with torch.stack. float(...) and .item() cut the way back for autograd.",
    ),
}
"""What to say where something came back that a student takes for a tensor."""


def length_differs(finding: LengthDiffers, title: str | None) -> Words:
    """More or fewer items."""
    yours, expected = count(finding.yours, "item"), count(finding.expected, "item")
    return Words(
        headline=f"{_returned(finding.leaf)} {yours} instead of {finding.expected:,}.",
        explanation=f"The handout asks for {expected}, in a fixed order.",
        next_step="Compare your return statement with the handout: is one value missing, or one too many?",
        table=_sides("items", f"{finding.yours:,}", f"{finding.expected:,}"),
    )


def names_differ(finding: NamesDiffer, title: str | None) -> Words:
    """Other keys."""
    facts = [("missing", listed(names(finding.missing), 7))] if finding.missing else []
    facts += _chosen("extra", finding.unexpected, finding.withheld)
    return Words(
        headline=f"The names in {part(finding.leaf) or 'your result'} are not the expected ones.",
        explanation="Values are found by their names, so the names must be spelled as in the handout.",
        next_step="Compare the names with those in the handout, letter by letter.",
        facts=tuple(facts),
    )


def no_gradient(finding: NoGradient, title: str | None) -> Words:
    """Cut off from autograd."""
    return Words(
        headline=f"No gradient arrives at {name(finding.argument)}.",
        explanation=(
            "The values came out, but autograd can't follow them back to that input, "
            "so nothing could be trained through your function."
        ),
        next_step=(
            "Look for .detach(), .item(), .data, .numpy(), torch.tensor(...) or torch.no_grad() "
            "between that input and your result."
        ),
    )


def argument_modified(finding: ArgumentModified, title: str | None) -> Words:
    """An input changed in place."""
    return Words(
        headline=f"Your function changed {name(finding.argument)}, which belongs to the caller.",
        explanation="Whoever calls your function still needs that tensor as it was.",
        next_step=(
            "Look for x += ..., x[...] = ... and names that end in an underscore, such as x.sub_(...). "
            "Write x = x - ... instead, or work on x.clone()."
        ),
    )


def state_changed(finding: StateChanged, title: str | None) -> Words:
    """Global state left changed."""
    which = f": {listed(names(finding.names), 7)}" if finding.names else ""
    return Words(
        headline=f"Your code left a setting of torch changed{which}.",
        explanation="Such settings hold for the whole program, so other code would behave differently too.",
        next_step=(
            "Look for torch.set_default_dtype, torch.set_grad_enabled, torch.manual_seed and the like. "
            "Pass dtype= or use `with torch.no_grad():`, which ends by itself."
        ),
    )


def no_error(finding: NoError, title: str | None) -> Words:
    """A missing exception."""
    expected = name(finding.expected)
    return Words(
        headline=f"{expected} should have been raised, and was not.",
        explanation="For such an input there is no right result, so the handout asks for an exception.",
        next_step=f"Check the input first, and `raise {expected}(...)` with a message that says why.",
    )


def wrong_error(finding: WrongError, title: str | None) -> Words:
    """Another exception."""
    expected, came = name(finding.expected), kind(finding.type)
    return Words(
        headline=f"{expected} should have been raised, but {came} was.",
        explanation="Your code does stop at such an input, but not with the exception of the handout.",
        next_step=f"Check the input at the top of the function, and `raise {expected}(...)` there.",
        facts=said(finding.message, finding.withheld),
        lines=source_lines(finding.frames),
    )


def check_failed(finding: CheckFailed, title: str | None) -> Words:
    """A statement that does not hold."""
    seen = [("seen", safe_text(finding.detail))] if finding.detail else []
    return Words(
        headline=f"This should hold, but does not: {safe_text(finding.statement)}",
        explanation="This is part of what the handout asks for, beyond the numbers.",
        next_step="Find the line of your code that does it, or add one: the handout says what is asked for.",
        facts=(*seen, *_chosen("names", finding.names, finding.withheld)),
    )


def unstable(finding: Unstable, title: str | None) -> Words:
    """Failed, then passed."""
    return Words(
        headline="Your code failed once, and passed when it ran again on the same input.",
        explanation=f"First it was {name(finding.first)}. The same input must always give the same result.",
        next_step=(
            "Look for torch.empty(...) that is read before it is filled, random numbers, "
            "and variables that keep something from an earlier call."
        ),
    )


def said(message: str, withheld: bool) -> tuple[tuple[str, str], ...]:
    """The fact of an exception's message, if there is one."""
    if withheld:
        return (("message", "not shown, because it may hold the inputs of a hidden test"),)
    return (("message", safe_text(message)),) if message else ()


def _chosen(label: str, chosen: Sequence[str], withheld: int) -> list[tuple[str, str]]:
    """The fact of names that student code chose, or of how many are left out."""
    if withheld:
        return [(label, not_shown(withheld))]
    return [(label, listed(names(chosen), 7))] if chosen else []


def _returned(leaf: str) -> str:
    return f"As {part(leaf)} your function returned" if leaf else "Your function returned"


def _a(what: str) -> str:
    if what == "None" or what.startswith(("another ", "something ")):
        return what
    return f"an {what}" if what[:1] in "aeiouAEIOU" else f"a {what}"


def _sides(what: str, yours: str, expected: str) -> Table:
    return Table(("", "yours", "expected"), ((what, yours, expected),))
