"""Where a training loop left the path that it should have taken, and what was seen there.

Found by `grader.diagnosis.trajectory` by running the student's loop and the
reference's once more, side by side, and attached to the finding that it explains.
Numbers and fixed words only; names of parameters are those of the staff's model.
"""

from typing import Literal

from pydantic import Field

from grader.findings.frozen import Frozen

SeenKind = Literal[
    "piled-up",
    "joined",
    "other-batch",
    "no-step",
    "scaled",
    "evaluation-mode",
    "step-repeated",
    "step-empty",
    "gradient-differs",
    "gradient-right",
    "optimizer-unused",
    "moved-outside",
    "settings-changed",
    "steps-fewer",
    "steps-more",
    "stopped",
    "more-forwards",
    "loader-rounds",
    "loss-by-batch",
    "loss-not-divided",
    "loss-not-weighted",
    "loss-over-batches",
    "loss-of-first-batch",
    "loss-of-last-batch",
    "loss-so-far",
    "loss-after-step",
    "loss-after-epoch",
    "accuracy-by-batch",
    "measured-in-training-mode",
    "graph-returned",
    "graphs-kept",
    "graph-recorded",
    "evaluation-trains",
    "evaluation-backward",
    "statistics-moved",
]
"""What can be seen of a loop; fixed words, each with its sentence in `grader.report.about_trajectory`."""

FactorName = Literal["", "batch size", "1/batch size", "batches", "1/batches", "samples", "1/samples"]
"""What a factor can equal: sizes are of the batch, or of one round of the loader."""


class Place(Frozen):
    """A batch, as the loader gives them."""

    epoch: int = Field(ge=1, description="Which round of the loader, from 1.")
    batch: int = Field(ge=1, description="Which batch of that round, from 1.")


class Seen(Frozen):
    """One thing that was seen of a loop."""

    kind: SeenKind = Field(description="What it is.")
    places: tuple[Place, ...] = Field(default=(), description="The batches that it is about, in order.")
    count: int = Field(default=0, description="How many there were.")
    expected: int = Field(default=0, description="How many there should have been.")
    factor: float | None = Field(default=None, description="For scaled: how many times as large.")
    named: FactorName = Field(default="", description="What that factor equals.")


class Curves(Frozen):
    """The loss of the batch whose turn it is, before each step: along both ways."""

    yours: tuple[float, ...] = Field(description="With the parameters that the student's loop had.")
    expected: tuple[float, ...] = Field(description="With those of the reference.")
    batches: int = Field(ge=1, description="How many batches one round of the loader has.")


class Trajectory(Frozen):
    """A student's training loop beside the reference's, step by step."""

    steps: int = Field(ge=0, description="Steps of the optimizer that the student's loop made.")
    expected_steps: int = Field(ge=0, description="Steps that the reference makes; 0 if it only measures.")
    same: int = Field(ge=0, description="After so many steps both models are still equal.")
    step: int | None = Field(
        default=None, description="The first step after which they differ, from 1; None if none does."
    )
    missing: bool = Field(default=False, description="Whether the student's loop did not make that step.")
    place: Place | None = Field(default=None, description="Where the reference is at that step.")
    name: str = Field(
        default="", description="The first parameter or buffer that differs, such as '0.weight'."
    )
    buffer: bool = Field(default=False, description="Whether that is a buffer, such as a running mean.")
    gap: float | None = Field(default=None, description="The largest difference of it after that step.")
    allowed: float | None = Field(default=None, description="The largest difference that rounding explains.")
    seen: tuple[Seen, ...] = Field(default=(), description="What was seen there, most telling first.")
    losses: Curves | None = Field(
        default=None, description="Losses along both ways; None where they are the same, or not known."
    )
