"""What is known of a wrong answer beyond that it is wrong: where, what it is, the smallest case.

Found by `grader.diagnosis` when an exercise is over, and attached to the finding
that they explain. Numbers and fixed words only: nothing here is text that
student code chose.
"""

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from grader.findings.frozen import Frozen

WhereKind = Literal[
    "everywhere",
    "slices",
    "all-but",
    "border",
    "diagonal",
    "above",
    "below",
    "positive",
    "negative",
    "scattered",
]
"""Where wrong numbers can sit; fixed words."""


class Where(Frozen):
    """Where the wrong numbers sit."""

    kind: WhereKind = Field(description="The simplest description that fits.")
    whole: bool = Field(
        default=True, description="Whether all numbers there are wrong; else only all wrong ones are there."
    )
    dim: int | None = Field(
        default=None, description="For slices and all-but: along which dimension, from 0."
    )
    indices: tuple[int, ...] = Field(
        default=(),
        description="For slices: which of them, the first few. For all-but: the one that is right.",
    )
    count: int = Field(default=0, description="For slices: how many of them. For border: how wide it is.")
    size: int = Field(
        default=0, description="For slices and all-but: how many there are along that dimension."
    )
    threshold: float | None = Field(
        default=None,
        description="For above and below: the smallest, or the largest, expected magnitude that is wrong.",
    )


WhenKind = Literal[
    "size-one",
    "size-more",
    "option",
    "no-option",
    "large",
    "infinite",
    "dtype",
    "square",
    "not-square",
    "rank",
    "layout",
]
"""What can tell the calls that go wrong from those that go right; fixed words."""


class When(Frozen):
    """What all calls that go wrong in one way have in common, and no other call has."""

    kind: WhenKind = Field(description="What it is.")
    name: str = Field(default="", description="A size, an option or a dtype that it is about.")
    value: float | None = Field(
        default=None,
        description="For large: the smallest magnitude of an input that goes wrong. For rank: dimensions.",
    )


RelationKind = Literal[
    "values-right",
    "detached",
    "zero",
    "earlier",
    "argument",
    "result",
    "other-part",
    "constant",
    "mean",
    "sign",
    "factor",
    "offset",
    "missing",
    "added",
    "missing-factor",
    "extra-factor",
    "transposed",
    "viewed",
    "flipped",
    "rolled",
    "shifted",
    "absolute",
    "clipped",
    "complement",
    "rounded",
    "truncated",
    "log",
    "log2",
    "exp",
    "square",
    "root",
    "reciprocal",
    "normalised",
    "slice-factor",
    "slice-offset",
    "reordered",
    "squeezed",
    "unsqueezed",
    "reshaped",
    "expanded",
    "not-reduced",
    "reduced",
    "cropped",
    "padded",
    "leading",
    "longer",
    "steps",
    "finite",
    "place",
    "when",
]
"""What a wrong value can be; fixed words, each with its sentences in `grader.report.about_relations`."""


class Relation(Frozen):
    """What a wrong value is: the simplest explanation that fits all calls seen."""

    kind: RelationKind = Field(description="What it is.")
    leaf: str = Field(default="", description="Which part of the result, '' for the whole.")
    value: float | None = Field(default=None, description="The factor or offset, if the same in all calls.")
    named: str = Field(default="", description="What that number equals, such as 'N' or '1/C'.")
    dims: tuple[int, ...] = Field(
        default=(), description="The dimensions that it is about, from 0; negative ones from the end."
    )
    wrong_only: bool = Field(default=False, description="Whether it is true of the wrong numbers alone.")
    calls: int = Field(default=1, ge=1, description="How many calls it was seen in.")
    when: When | None = Field(default=None, description="What those calls have that no other call has.")


MOST_NUMBERS = 96
"""In an excerpt: a batch of eight with a dozen classes, or four pictures of four by four."""

_NUMBER = r"(-?(\d+(\.\d+)?(e[+-]\d+)?|inf)|nan)"

Row = Annotated[str, Field(pattern=rf"^{_NUMBER}( {_NUMBER})*$")]
"""Numbers, a space between them."""


class Excerpt(Frozen):
    """A part of a wrong tensor beside the expected one, number by number: all of it, if it is small."""

    start: tuple[int, ...] = Field(description="Where it begins in the tensor, outermost dimension first.")
    shape: tuple[int, ...] = Field(description="Its own shape, of as many dimensions.")
    yours: tuple[Row, ...] = Field(
        max_length=MOST_NUMBERS,
        description="What came back, in short: one text for each row along the last dimension, in order.",
    )
    expected: tuple[Row, ...] = Field(max_length=MOST_NUMBERS, description="What should have, likewise.")
    apart: tuple[Row, ...] = Field(
        max_length=MOST_NUMBERS,
        description="What came back less what should have, likewise; 0 where that is allowed.",
    )

    @model_validator(mode="after")
    def _of_one_shape(self) -> Self:
        sound = len(self.start) == len(self.shape) > 0 < math.prod(self.shape) <= MOST_NUMBERS
        if not sound:
            raise ValueError("an excerpt begins in as many dimensions as it has, and is small")
        width = self.shape[-1]
        for rows in (self.yours, self.expected, self.apart):
            if [len(row.split()) for row in rows] != [width] * (math.prod(self.shape) // width):
                raise ValueError("an excerpt has a number for each of its places")
        return self


class SmallestCase(Frozen):
    """The smallest call on which the submission still differs from the reference."""

    source: str = Field(description="The call, as Python that can be pasted; ends without a newline.")
    yours: str = Field(description="What came back, in short; numbers and names of types only.")
    expected: str = Field(description="What the reference gives, in short.")
    sizes: tuple[tuple[str, int], ...] = Field(
        default=(), description="Sizes that it needs, by name: it does not fail with smaller ones."
    )
    free: tuple[str, ...] = Field(
        default=(), description="Names of sizes that do not matter: it fails with 1, and with more."
    )
    only: tuple[str, ...] = Field(
        default=(), description="Names of sizes that must be 1: it was not seen to fail with more."
    )
