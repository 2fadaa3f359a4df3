"""The pictures of a finding: heat maps of a result, the losses of a training loop."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from grader.findings import Finding
from grader.pages.base import piece
from grader.pages.curves import HEIGHT, WIDTH, chart
from grader.pages.heat import heat


def figures(finding: Finding) -> Iterator[tuple[str, Markup]]:
    """Each picture with its label, in the order in which they stand."""
    if (maps := heat(finding)) is not None:
        yield "map", piece("heat.html", heat=maps)
    if (losses := chart(finding)) is not None:
        yield "losses", piece("curves.html", chart=losses, width=WIDTH, height=HEIGHT)
