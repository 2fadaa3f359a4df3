"""What `verify` found: rows of plain data, one for each thing that was proved or not."""

from pydantic import Field

from grader.findings import Frozen


class Row(Frozen):
    """One claim about one exercise (or about the sample class)."""

    exercise: str = Field(description="The exercise's name, or 'sample class'.")
    what: str = Field(description="Which program or claim: 'reference', 'stub', 'accepted: loops'...")
    ok: bool = Field(description="Whether the claim holds.")
    sentence: str = Field(description="What was seen, in one sentence.")


class VerifyReport(Frozen):
    """All rows of one run."""

    rows: tuple[Row, ...] = Field(description="In the order of the course.")
    seeds: int = Field(ge=1, description="How many different seeds references and stubs were judged with.")

    @property
    def ok(self) -> bool:
        """Whether every claim holds."""
        return all(row.ok for row in self.rows)
