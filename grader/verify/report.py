"""What `verify` found: rows of plain data, one for each thing that was proved or not."""

from enum import StrEnum

from pydantic import Field

from grader.findings import Frozen


class Claim(StrEnum):
    """What a row is about, in the order in which rows are shown."""

    REFERENCE = "reference"
    SIGNATURE = "signature"
    ACCEPTED = "accepted"
    STUB = "stub"
    NULL_ANSWER = "null answer"
    MISTAKE = "mistake"
    MUTANT = "mutant"
    STEADINESS = "steadiness"
    MARGIN = "margin"
    TIME = "time"
    LEAK = "leak"
    HANDOUT = "handout"
    CITATION = "citation"
    DEVICE = "device"
    GRADEBOOK = "gradebook"


RIGHT = (Claim.REFERENCE, Claim.ACCEPTED)
"""What is claimed of programs that are right."""


class Standing(StrEnum):
    """What became of a claim."""

    HOLDS = "holds"
    FAILS = "fails"
    WARNING = "warning"
    NOT_RUN = "not run"


class Row(Frozen):
    """One claim about one exercise (or about the sample class)."""

    exercise: str = Field(description="The exercise's name, or 'sample class'.")
    claim: Claim = Field(description="What kind of claim it is.")
    what: str = Field(default="", description="Which program, mutant, test or file it is about, by name.")
    standing: Standing = Field(description="What became of it; 'fails' alone makes the course fail.")
    sentence: str = Field(description="What was seen, in one sentence.")
    file: str | None = Field(
        default=None, description="The file to look at, from the course's folder; null if there is none."
    )
    line: int | None = Field(default=None, ge=1, description="The line to look at, from 1.")
    detail: str = Field(default="", description="More lines, such as the diff of a mutant.")


class VerifyReport(Frozen):
    """All rows of one run."""

    schema_version: int = Field(default=2, description="Grows when a field changes its meaning.")
    rows: tuple[Row, ...] = Field(description="In the order of the course, then of the claims.")
    seeds: int = Field(ge=1, description="How many different seeds references and stubs were judged with.")

    @property
    def ok(self) -> bool:
        """Whether no claim fails."""
        return all(row.standing is not Standing.FAILS for row in self.rows)
