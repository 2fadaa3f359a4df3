"""Reports of `verify` for the tests of what shows them."""

from grader.verify.report import Claim, Row, Standing, VerifyReport

HOLDS, FAILS, WARNING, NOT_RUN = Standing

DIFF = "- scale = math.sqrt(d)\n+ scale = d\n"

HOSTILE = "a]]>\x1b[2J\x00\ud800\ufffe</failure>&<b>,:%0A::error::x\r\n::warning::y|`*_[l](http://x)"
"""Ends of what XML, terminals, workflow commands and Markdown begin; and what no XML may hold."""


def row(claim=Claim.REFERENCE, standing=HOLDS, sentence="full marks, 3 seeds", **more) -> Row:
    return Row(**{"exercise": "softmax", "claim": claim, "standing": standing, "sentence": sentence} | more)


def report(*rows: Row) -> VerifyReport:
    return VerifyReport(rows=rows, seeds=3)


MUTANT = row(
    Claim.MUTANT,
    FAILS,
    "survives all tests",
    what="factor, line 12",
    file="reference/softmax/solution.py",
    line=12,
    detail=DIFF,
)
MIXED = report(
    row(),
    row(Claim.ACCEPTED, what="loops", sentence="full marks, 1 seed"),
    row(Claim.ACCEPTED, what="einsum", sentence="full marks, 1 seed"),
    MUTANT,
    row(Claim.MARGIN, WARNING, "right answers reach 61% of the allowance of test_rows"),
    row(Claim.DEVICE, NOT_RUN, "there is no CUDA device here"),
    row(Claim.DEVICE, NOT_RUN, "there is no CUDA device here", exercise="conv2d"),
)
NASTY = report(
    row(Claim.MISTAKE, FAILS, HOSTILE, what=HOSTILE, exercise=HOSTILE, file=HOSTILE, line=1, detail=HOSTILE),
    row(Claim.LEAK, WARNING, HOSTILE, what=HOSTILE, detail="```\n" + HOSTILE),
    row(Claim.TIME, NOT_RUN, HOSTILE),
    row(Claim.CITATION, HOLDS, HOSTILE, what=HOSTILE),
)
