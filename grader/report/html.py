"""Reports as HTML: a fragment that stands in a notebook's cell, or in a page of its own.

One `<section>` for an exercise, with its style beside it under one class. No
script, no link, no outside request, no attribute that a student's text can
reach: it is inert before it comes here (`safe`), and every string is escaped
where the template puts it. Without its style it still reads from top to bottom.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from grader.findings import Finding
from grader.report import telling
from grader.report.about_cells import about_cells
from grader.report.about_efficiency import paragraph
from grader.report.about_files import read_from
from grader.report.groups import Group, grouped, split
from grader.report.model import ExerciseReport, TestReport
from grader.report.reckoning import of_exercise
from grader.report.safe import safe_lines, safe_text
from grader.report.templating import templates
from grader.report.text import Message, describe
from grader.report.words import Table
from grader.verdicts import Verdict

_TEMPLATES = Path(__file__).parent / "templates"

_OUTPUT_LINES = 40
"""Lines of printed output: they are folded away, so there is room for more than a terminal shows."""

_TONES = {
    Verdict.PASSED: "good",
    Verdict.NOT_RUN: "idle",
    Verdict.MISSING: "open",
    Verdict.NOT_IMPLEMENTED: "open",
    Verdict.TOO_MUCH_WORK: "open",
    Verdict.UNSTABLE: "odd",
}
"""How verdicts look; all others are bad. The words alone say everything too."""


@dataclass(frozen=True)
class Part:
    """One labelled part of a finding.

    Attributes:
        label: At most seven letters.
        text: What there is to say; '' where a table says it.
        form: 'words' flow, 'code' keeps its line ends.
        table: What differs, side by side.
        figure: A picture, as markup that the page made.
        copy: The code in it that can be pasted; a page with a script of its own has a button for it.
    """

    label: str
    text: str = ""
    form: Literal["words", "code"] = "words"
    table: Table | None = None
    figure: Markup | None = None
    copy: str = ""


@dataclass(frozen=True)
class Head:
    """The line that a test has: verdict, title, points."""

    verdict: str
    tone: str
    title: str
    aside: str
    score: str


@dataclass(frozen=True)
class Shown:
    """A finding in full.

    Attributes:
        head: The line of the test that it was found in; None for one about the whole exercise, and
            for a second one of the same test.
        message: What is said about it.
        parts: The same in the order in which it is laid out.
        figures: Its pictures.
        printed: What student code printed in that test, line by line.
        others: Which further tests fail the same way.
    """

    head: Head | None
    message: Message
    parts: tuple[Part, ...]
    figures: tuple[Part, ...]
    printed: tuple[str, ...]
    others: str


Figures = Callable[[Finding], Iterable[tuple[str, Markup]]]
"""Gives the pictures of a finding, each with its label, as markup that is safe."""


def fragment(
    report: ExerciseReport, *, staff: bool = False, styled: bool = True, figures: Figures | None = None
) -> str:
    """One exercise: its verdict and score, what passed in a line, what failed in full.

    Args:
        report: The report, already redacted if a student is to read it.
        staff: Whether its reader knows whose fault what is.
        styled: Whether its style goes along; once in a page is enough.
        figures: What draws a finding; its pictures stand below what is said of it.
    """
    opened, folded, counted = split(grouped(report))
    if telling.did_not_load(report):
        counted = []
    template = templates(_TEMPLATES).get_template("exercise.html")
    page = template.render(
        report=report,
        styled=styled,
        tone=tone(report.verdict),
        name=safe_text(report.name),
        title="" if report.title in ("", report.name) else safe_text(report.title),
        score=telling.score(report),
        sources=_sources(report),
        notes=telling.noted(report.notes),
        reckoning=of_exercise(report),
        tally=telling.tally(report),
        passed=[_head(test, staff) for test in telling.passed_tests(report)],
        shown=list(_shown(opened, staff, figures)),
        folded=telling.folded(folded),
        bare=[_head(test, staff) for group in counted if group.finding is None for test in group.tests],
        not_run=[telling.not_run(group) for group in counted if group.finding is not None],
        efficiency=[paragraph(each) for each in report.efficiency],
    )
    return page.strip() + "\n"


def style() -> str:
    """The style of all fragments, for a page that holds several."""
    return templates(_TEMPLATES).get_template("style.css").render()


def colours() -> str:
    """The colours that all pages share, as declarations for a rule of a page's own."""
    return templates(_TEMPLATES).get_template("colours.css").render()


def tone(verdict: Verdict) -> str:
    """The class that a verdict's colour hangs on."""
    return _TONES.get(verdict, "bad")


def _sources(report: ExerciseReport) -> list[str]:
    """Which files were read, and which cells of a notebook were used."""
    told = [read_from(report), *(about_cells(report.notebook) if report.notebook is not None else ())]
    return [line for line in told if line]


def _head(test: TestReport, staff: bool) -> Head:
    return Head(
        verdict=test.verdict.value,
        tone=tone(test.verdict),
        title=telling.title(test),
        aside=telling.asides(test, staff=staff),
        score=telling.score(test),
    )


def _shown(opened: list[Group], staff: bool, figures: Figures | None) -> Iterator[Shown]:
    leader: TestReport | None = None
    for group in opened:
        assert group.finding is not None
        test, first = group.leader, group.leader is not leader
        leader = test
        message = describe(group.finding, test.title if test else None, group.mistake)
        yield Shown(
            head=_head(test, staff) if test and first else None,
            message=message,
            parts=tuple(_parts(message, _to_paste(group.finding))),
            figures=tuple(_drawn(group.finding, figures)),
            printed=tuple(safe_lines(test.output, _OUTPUT_LINES)) if test and first else (),
            others=telling.others(group),
        )


def _drawn(finding: Finding, figures: Figures | None) -> Iterator[Part]:
    if figures is not None:
        yield from (Part(label, figure=figure) for label, figure in figures(finding))


def _to_paste(finding: Finding) -> str:
    """The smallest call that fails, inert; '' where none is known."""
    if finding.smallest is None:
        return ""
    return "\n".join(safe_text(line) for line in finding.smallest.source.splitlines())


def _parts(message: Message, to_paste: str) -> Iterator[Part]:
    """A message's parts in the house's order."""
    if message.called:
        yield Part("called", message.called, "code")
    if message.right:
        yield Part("right", message.right)
    if message.table:
        yield Part("differs", table=message.table)
    for label, text in message.facts:
        copy = to_paste if label == "try" else ""
        yield Part(label, text, "code" if "\n" in text or copy else "words", copy=copy)
    if message.lines:
        yield Part("where", "\n".join(message.lines), "code")
    rest = (("meaning", message.explanation), ("hint", message.hint or ""), ("next", message.next_step))
    for label, text in rest:
        if text:
            yield Part(label, text)
