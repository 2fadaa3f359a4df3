"""What staff learn about a class, for them to read on a terminal.

A screenful at most, of what asks for something to be done: the mistakes to speak
of in class, the tests to look at, the mistakes to write next. `run.json` has all
of it. Names of students and causes are hostile text and come out inert. None of
it is for students: it names hidden tests.
"""

import math
from collections.abc import Sequence

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from grader.report.class_report import ClassReport, FindingCount, MistakeCount, TestStatistics, Unexplained
from grader.report.item_analysis import ENOUGH
from grader.report.numbers import count, listed
from grader.report.safe import safe_text
from grader.report.words import name

_MISTAKES = 3
"""Mistakes shown: as many as can be spoken of in an hour."""

_TESTS = 3
"""Tests shown."""

_FINDINGS = 3
"""Findings shown, in one line or two."""

_UNEXPLAINED = 4
"""Submissions named, in one line or two."""

_LITTLE = 0.2
"""Below that a test tells little (Ebel and Frisbie, "Essentials of Educational Measurement")."""

_NAME = 40
"""Characters of a student's name or a cause, of which several stand in a line."""


def class_view(report: ClassReport) -> RenderableType | None:
    """The class in at most fifteen lines or so; None if there is nothing to say."""
    parts = [
        *_mistakes_view(report.mistakes),
        *_findings_line([found for found in report.findings if found.count > 1]),
        *_unexplained_line(report.unexplained),
        *_tests_view([test for test in report.tests if test.taken >= ENOUGH]),
    ]
    return Stack(*parts) if parts else None


def _mistakes_view(mistakes: Sequence[MistakeCount]) -> list[RenderableType]:
    if not mistakes:
        return []
    grid = _grid()
    for mistake in mistakes[:_MISTAKES]:
        told = Text.assemble(
            f"{name(mistake.exercise)} ",
            (f"{name(mistake.name)}: ", "bold"),
            safe_text(mistake.headline, 200),
        )
        grid.add_row(Text(f"{mistake.count:,} of {mistake.handed_in:,}"), told)
    return [_head("Mistakes most often made", len(mistakes), _MISTAKES), grid]


def _findings_line(findings: Sequence[FindingCount]) -> list[RenderableType]:
    if not findings:
        return []
    told = [
        f"{name(found.exercise)} {found.code}{_mostly(found)} ({found.count:,} of {found.handed_in:,})"
        for found in findings[:_FINDINGS]
    ]
    return [Text.assemble(("Without a known mistake: ", "bold"), f"{'; '.join(told)}.")]


def _mostly(found: FindingCount) -> str:
    """What most of them share beyond the code, if that says anything."""
    cause = found.causes[0]
    if 2 * cause.count <= found.count:
        return ""
    words = filter(None, (safe_text(cause.cause, _NAME), cause.relation))
    return "".join(f", {word}" for word in words)


def _unexplained_line(unexplained: Sequence[Unexplained]) -> list[RenderableType]:
    if not unexplained:
        return []
    named = [f"{safe_text(each.student, _NAME)} {name(each.exercise)}" for each in unexplained]
    many = f"No explanation fitted {count(len(unexplained), 'submission')}: "
    return [Text.assemble((many, "bold"), f"{listed(named, _UNEXPLAINED)}.")]


def _tests_view(tests: Sequence[TestStatistics]) -> list[RenderableType]:
    """The tests to look at: those that nobody passed, those that mislead, then the hardest."""
    asking = sorted((test for test in tests if test.passed_by != "all"), key=urgency)
    easy = len(tests) - len(asking)
    parts: list[RenderableType] = []
    if asking:
        grid = _grid()
        for test in asking[:_TESTS]:
            grid.add_row(Text(f"{test.passed:,} of {test.taken:,}"), Text(_told(test)))
        parts += [_head("Hidden tests to look at", len(asking), _TESTS), grid]
    if easy:
        parts.append(Text(f"Passed by all who took them: {easy:,} of {count(len(tests), 'hidden test')}."))
    return parts


def urgency(test: TestStatistics) -> tuple[bool, bool, float]:
    """What sorts tests by how much they ask to be looked at, the most urgent first."""
    return test.passed_by != "none", not misleads(test), test.difficulty or 0


def misleads(test: TestStatistics) -> bool:
    """Whether the better ones fail it more often, by more than chance: then it may be wrong, not they.

    By chance alone the correlation is 0 with a variance of 1 / (n - 1), whatever the marks are.
    """
    found = test.discrimination
    return found is not None and found < -2 / math.sqrt(test.taken - 1)


def _told(test: TestStatistics) -> str:
    device = "" if test.device == "cpu" else f" (on {name(test.device)})"
    told = f"{name(test.exercise)}: {safe_text(test.title, 200)}{device}"
    if test.discrimination is None or test.discrimination >= _LITTLE:
        return told
    wrong = ", the better fail it more often" if misleads(test) else ""
    return f"{told}; discrimination {test.discrimination:+.2f}{wrong}"


def _head(text: str, there: int, shown: int) -> Text:
    some = f" ({shown} of {there:,})" if there > shown else ""
    return Text(f"{text}{some}", "bold")


def _grid() -> Grid:
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", no_wrap=True, min_width=10)
    grid.add_column(overflow="fold")
    return grid
