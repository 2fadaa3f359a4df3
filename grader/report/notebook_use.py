"""Which cells of a notebook were used: part of the report's model.

A cell's number counts the code cells that are not empty, from 1: what stands in
its brackets after 'Restart and run all'. A worker says all of it, and it runs
the student's code; the judge has checked that every number is a cell's and every
name an entry point's, and no mark hangs on any of it.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from grader.findings import Frozen

WhyLeftOut = Literal[
    "not needed", "not Python", "magic", "tests", "ignored", "failed", "too long", "no time left"
]


class Definition(Frozen):
    """The cell that an entry point comes from."""

    name: str = Field(description="The entry point.")
    cell: int = Field(ge=1, description="The last cell that defines it.")


class Stop(Frozen):
    """A place at which a cell stopped that was to be used."""

    cell: int = Field(ge=1, description="The cell.")
    line: int = Field(ge=1, description="The line in it.")
    error: str = Field(
        description="The class of the exception; '' where it was running for too long; hostile text."
    )


class LeftOut(Frozen):
    """A cell of which nothing was used."""

    cell: int = Field(ge=1, description="The cell.")
    why: WhyLeftOut = Field(
        description="Why: nothing needs it, it is no Python, it belongs to a magic or is nothing but magics, "
        "it is a test of the course's, it is tagged to be ignored, it raised an exception, it took too long, "
        "or the time for loading was used up before it."
    )


class NotebookUse(Frozen):
    """What of a notebook was used, and what was not."""

    file: str = Field(description="The notebook; hostile text.")
    cells: int = Field(ge=0, description="How many code cells it has that are not empty.")
    way: Literal["needed", "one by one"] = Field(
        description="Whether only what the entry points need was run, or all cells one after the other."
    )
    used: tuple[int, ...] = Field(description="The cells that were used, in order.")
    defined: tuple[Definition, ...] = Field(description="Where the entry points come from.")
    left_out: tuple[LeftOut, ...] = Field(description="All other cells that were read, in order.")
    stopped: tuple[Stop, ...] = Field(
        default=(), description="Where cells stopped, used or left out, in order; one place a cell."
    )

    @model_validator(mode="after")
    def _each_cell_once(self) -> Self:
        told = sorted((*self.used, *(each.cell for each in self.left_out)))
        # Of a great many the first ones are not read.
        if told != list(range(self.cells - len(told) + 1, self.cells + 1)):
            raise ValueError("a cell is either used or left out")
        return self
