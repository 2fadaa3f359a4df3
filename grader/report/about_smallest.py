"""Words for the smallest case: a call to paste, what came of it, and which sizes matter.

Everything in a case is staff-written or numbers, but it is shown like all text
that has been near student code: made safe, one line at a time.
"""

from grader.findings import SmallestCase
from grader.report.numbers import listed
from grader.report.safe import safe_text

SIZES = {
    "N": ("batch size", "samples"),
    "C": ("number of classes", "classes"),
    "C_in": ("number of input channels", "input channels"),
    "C_out": ("number of output channels", "output channels"),
    "H": ("height of the image", "rows in the image"),
    "W": ("width of the image", "columns in the image"),
    "kH": ("height of the kernel", "rows in the kernel"),
    "kW": ("width of the kernel", "columns in the kernel"),
    "in": ("number of inputs", "inputs"),
    "out": ("number of outputs", "outputs"),
    "d_in": ("d_in", "inputs"),
    "d_hidden": ("d_hidden", "hidden units"),
    "d_out": ("d_out", "outputs"),
    "batches": ("number of batches", "batches"),
    "samples": ("size of the batches", "samples in a batch"),
    "epochs": ("number of epochs", "epochs"),
    "dimensions": ("number of dimensions", "dimensions"),
}
"""What sizes are called: the size itself, and so many of them."""

ONE_LINE = 66
"""Characters of a call and what comes of it that fit beside each other on a terminal."""

MOST_FREE = 2
"""More sizes that do not matter are not told one by one."""


def about_smallest(case: SmallestCase) -> tuple[str, ...]:
    """Lines for people: the call (one line or several), what came of it, and which sizes matter."""
    yours, expected = safe_text(case.yours), safe_text(case.expected)
    lines = [safe_text(line) for line in case.source.splitlines()]
    in_one = f"{lines[-1]}  # yours: {yours}  expected: {expected}"
    if len(in_one) <= ONE_LINE:
        return (*lines[:-1], in_one, *sizes(case))
    return (*lines, f"# yours:    {yours}", f"# expected: {expected}", *sizes(case))


def sizes(case: SmallestCase) -> tuple[str, ...]:
    """Which sizes it needs, which must be 1, and which do not matter: a sentence for each that there is."""
    said = []
    # How many dimensions the call has is plain to see, and others may do as well.
    needed = [_needed(name, size) for name, size in case.sizes if name != "dimensions"]
    if needed:
        said.append(f"It needs {listed(needed)}.")
    if case.only:
        of = [f"the {_called(name)} is 1" for name in case.only]
        said.append(f"It fails only where {listed(of)}.")
    if len(case.free) > MOST_FREE and not (case.sizes or case.only):
        said.append("It fails even at the smallest sizes, and at larger ones too.")
    elif case.free:
        free = listed([_called(name) for name in case.free], MOST_FREE)
        said.append(f"The {free} {'does' if len(case.free) == 1 else 'do'} not matter.")
    return tuple(said)


def _needed(name: str, size: int) -> str:
    return f"at least {size} {SIZES.get(name, ('', safe_text(name)))[1]}"


def _called(name: str) -> str:
    return SIZES.get(name, (safe_text(name), ""))[0]
