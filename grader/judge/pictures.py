"""Keeps, of the findings that are shown in full, the wrong part of the tensor, for a picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.diagnosis.excerpts import excerpts
from grader.diagnosis.relations import leaf_of
from grader.findings import Causes, Excerpt, Finding, NotFinite, ValuesDiffer
from grader.judge.scoring import TestRow

PICTURES = 3
"""Findings of an exercise that get one: so many are shown in full."""


def pictured(rows: Sequence[TestRow]) -> list[TestRow]:
    """The rows, the first finding of each of the first few causes with an excerpt of its tensor."""
    causes = Causes(finding for row in rows for finding in row.outcome.findings)
    seen: set[tuple[object, ...]] = set()
    told = list(rows)
    for i, row in enumerate(rows):
        findings = list(row.outcome.findings)
        for j, finding in enumerate(findings):
            if (cause := causes.of(finding)) in seen or len(seen) == PICTURES:
                continue
            seen.add(cause)
            if isinstance(finding, ValuesDiffer | NotFinite) and (part := _excerpt(row, finding)):
                findings[j] = finding.model_copy(update={"excerpt": part})
        told[i] = replace(row, outcome=replace(row.outcome, findings=tuple(findings)))
    return told


def _excerpt(row: TestRow, finding: Finding) -> Excerpt | None:
    """The part of the first claim of a test in which that is wrong."""
    bare = finding.model_copy(update=_UNEXPLAINED)
    for sample, parts in zip(row.samples, excerpts(row.samples), strict=True):
        if any(each.model_copy(update=_UNEXPLAINED) == bare for each in sample.findings):
            return parts.get(leaf_of(finding))
    return None


_UNEXPLAINED = {"mistake": None, "relation": None, "smallest": None, "trajectory": None}
"""What explanations add to a finding."""
