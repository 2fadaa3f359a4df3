"""What is said about a finding is inert before any renderer sees it, whatever finding and whatever text."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from grader.report.model import MistakeReport
from grader.report.safe import LINE
from grader.report.text import Message, describe
from tests.inert.corpus import KINDS
from tests.inert.hostile_class import FOUND, filled
from tests.inert.judged_words import COMMAND, characters

ACTING = (
    "escape sequences", "directions", "what can't be seen", "halves of characters",
    "commands of build servers", "stacks of marks", "length",
)  # fmt: skip
TEXTS = [text for kind in ACTING for text in KINDS[kind]]


def strings(message: Message) -> list[str]:
    table = message.table
    cells = [cell for row in (table.header, *table.rows) for cell in row] if table is not None else []
    facts = [part for label, text in message.facts for part in (label, *text.split("\n"))]
    words = (message.code, message.headline, message.called, message.right, message.explanation, message.hint)
    return [*filter(None, words), message.next_step, *message.lines, *facts, *cells]


@pytest.mark.parametrize("finding", FOUND, ids=lambda finding: finding.code)
def test_hostile_text_is_inert(finding: BaseModel) -> None:
    mistake = MistakeReport(name="m", headline="h", explanation="e", question="q", section="s", tests=1)
    for text in TEXTS:
        said = strings(describe(filled(finding, text), text, mistake))
        assert [told for each in said for told in characters(each.replace("\n", " "))] == []
        assert [each for each in said if COMMAND.search(each)] == []
        assert max(map(len, said)) < 8 * LINE
