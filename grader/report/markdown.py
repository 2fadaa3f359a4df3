"""Reports as Markdown: an exercise as a whole, or cut up by the cells of the notebook that it speaks of.

Every string of unknown origin is inert before it comes here (`safe`), and is
written so that no reader of Markdown takes it for markup: not for HTML, a link,
a picture, a formula or the end of a block. Tensors, calls and source lines
stand in code, fenced by more backticks than they hold.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from grader.findings import Finding
from grader.report import telling
from grader.report.about_cells import about_cells
from grader.report.about_cells import cells as cells_told
from grader.report.about_efficiency import paragraph
from grader.report.groups import Group, grouped, split
from grader.report.model import ExerciseReport, TestReport
from grader.report.reckoning import of_exercise
from grader.report.safe import safe_lines, safe_text
from grader.report.text import Message, describe
from grader.report.words import Table

TOP = 0
"""The place of what belongs to no cell."""

_OUTPUT_LINES = 8
"""Lines of printed output shown for a failing test: its beginning is what helps."""

_MARKS = str.maketrans(
    {mark: f"\\{mark}" for mark in "`*_[]!~|"}
    | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
    # Jupyter takes two of them before a bracket for the beginning of a formula.
    | {"\\": "&#92;"}
)
"""How characters are written that may mean something to a reader of Markdown within a line."""

_ALONE = re.compile(
    r"([$@]|=(?==)|\\(?=[(\[])|#(?=\d)|\b(?:GH(?=-\d)|mailto(?=:))|:(?=//)|(?<=\bwww)\.)", re.IGNORECASE
)
"""What means something in the text of a page that was made of Markdown, however it was written there: to
whoever sets formulas, tells people of their names and of issues, or makes links of addresses. In an element
of its own it means nothing."""

_BEGINNING = re.compile(r"^(?:[#=]|[-+](?=[-\s]|$)|\d+[.)](?=\s|$))")
"""What begins a list, a heading or a rule, and does so at the beginning of a line only."""

_CELL = re.compile(r"cell ([1-9]\d{0,8})")
"""How a line of a notebook names its file."""


# --- a whole exercise -------------------------------------------------------------


def exercise_markdown(report: ExerciseReport) -> str:
    """One exercise: its verdict and score, what passed in a line, what failed in full.

    Args:
        report: The report, already redacted if a student is to read it.
    """
    return _blocks([_heading(report), *_about(report), *_findings(split(grouped(report)), report)])


# --- cut up by cells -----------------------------------------------------------------


def front_markdown(reports: Sequence[ExerciseReport]) -> str:
    """What stands at the top of a notebook: each exercise in a line, which cells were used, where to look."""
    rows = [
        f"| {plain(_named(report))} | {report.verdict} | {telling.score(report) or '-'} "
        f"| {telling.tally(report)} | {_cells_used(report)} |"
        for report in reports
    ]
    table = "\n".join(["| exercise | result | points | tests | used |", "|---|---|---|---|---|", *rows])
    places = sorted({place for report in reports for place, _ in cell_notes(report)} - {TOP})
    where = f"What there is to say stands under {cells_told(places)}." if places else ""
    about = [f"{safe_text(report.name)}: {line}" for report in reports for line in _reckoned(report)]
    return _blocks(["# Feedback", table, where, _bullets([*_left_out(reports), *about])])


def cell_notes(report: ExerciseReport) -> list[tuple[int, str]]:
    """What is said of an exercise, under the cells that it speaks of.

    Returns:
        Numbers of code cells, counted from 1, each with its feedback, in the notebook's order. What
        points at no cell stands under the one that defines the entry point, else at `TOP`.
    """
    home = _home(report)
    placed: dict[int, tuple[list[Group], list[Group], list[Group]]] = {home: ([], [], [])}
    for kind, groups in enumerate(split(grouped(report))):
        for group in groups:
            placed.setdefault(_place(group, report, home), ([], [], []))[kind].append(group)
    notes = []
    for cell, groups_here in sorted(placed.items()):
        about = _about(report) if cell == home else []
        said = list(_findings(groups_here, report, efficiency=cell == home))
        notes.append((cell, _blocks([_heading(report, short=cell != home), *about, *said])))
    return notes


def _place(group: Group, report: ExerciseReport, home: int) -> int:
    """The cell that a finding speaks of: that of its last line, else that of what was called."""
    finding, use = group.finding, report.notebook
    if finding is None:
        return home
    most = use.cells if use is not None else None
    for name in reversed(_files(finding)):
        cell = _CELL.fullmatch(name)
        if cell and (most is None or int(cell[1]) <= most):
            return int(cell[1])
    called = getattr(finding, "name", None) or (finding.call or "").partition("(")[0]
    defined = {each.name: each.cell for each in use.defined} if use is not None else {}
    return defined.get(called, home)


def _files(finding: Finding) -> list[str]:
    frames = [*getattr(finding, "frames", ())]
    if (frame := getattr(finding, "frame", None)) is not None:
        frames.append(frame)
    return [frame.file for frame in frames]


def _home(report: ExerciseReport) -> int:
    """The cell that defines what the exercise asks for; the last one, if there are several."""
    use = report.notebook
    return max((each.cell for each in use.defined), default=TOP) if use is not None else TOP


def _cells_used(report: ExerciseReport) -> str:
    used = report.notebook.used if report.notebook is not None else ()
    return cells_told(used) if used else "-"


def _left_out(reports: Sequence[ExerciseReport]) -> list[str]:
    """Cells that were left out or stopped; once, where it is the same for all exercises."""
    told = [
        (safe_text(report.name), about_cells(report.notebook)[1:]) for report in reports if report.notebook
    ]
    if len({lines for _, lines in told}) == 1:
        return list(told[0][1])
    return [f"{name}: {line}" for name, lines in told for line in lines]


# --- what is said ----------------------------------------------------------------------


def _named(report: ExerciseReport) -> str:
    title = "" if report.title in ("", report.name) else f": {safe_text(report.title)}"
    return safe_text(report.name) + title


def _heading(report: ExerciseReport, *, short: bool = False) -> str:
    if short:
        return f"### {plain(safe_text(report.name))}"
    score = telling.score(report)
    return f"### {plain(_named(report))}\n\n" + " · ".join(
        filter(None, [report.verdict, score, telling.tally(report)])
    )


def _about(report: ExerciseReport) -> list[str]:
    return [_bullets([*telling.noted(report.notes), *_reckoned(report)])]


def _reckoned(report: ExerciseReport) -> list[str]:
    return [f"{label}: {said}" for label, said in of_exercise(report)]


def _findings(
    groups: tuple[list[Group], list[Group], list[Group]], report: ExerciseReport, *, efficiency: bool = True
) -> Iterator[str]:
    """Findings in full, those that get a line each, those that are only counted."""
    opened, folded, counted = groups
    leader: TestReport | None = None
    for group in opened:
        first, leader = group.leader is not leader, group.leader
        yield from _finding(group, first=first)
    lines = [f"also {f'{line.code}: ' if line.code else ''}{line.said}" for line in telling.folded(folded)]
    if not telling.did_not_load(report):
        lines += [line for group in counted for line in _counted(group)]
    yield _bullets(lines)
    if efficiency:
        yield from (plain(paragraph(each)) for each in report.efficiency)


def _finding(group: Group, *, first: bool) -> Iterator[str]:
    assert group.finding is not None
    test = group.leader
    if test is not None and first:
        yield f"#### {_test(test)}"
    yield from _message(describe(group.finding, test.title if test else None, group.mistake))
    if test is not None and first and test.output:
        yield "**printed**"
        yield fenced("\n".join(safe_lines(test.output, _OUTPUT_LINES)))
    yield plain(telling.others(group))


def _counted(group: Group) -> list[str]:
    if group.finding is None:
        return [f"{test.verdict}: {telling.title(test)}{_aside(test)}" for test in group.tests]
    return [telling.not_run(group)]


def _test(test: TestReport) -> str:
    score = telling.score(test)
    return plain(f"{test.verdict}: {telling.title(test)}{_aside(test)}{f', {score}' if score else ''}")


def _aside(test: TestReport) -> str:
    aside = telling.asides(test)
    return f" ({aside})" if aside else ""


def _message(message: Message) -> Iterator[str]:
    """One finding, part by part in the house's order."""
    yield f"`{message.code}` {plain(message.headline)}"
    if message.called:
        yield f"**called** {code(message.called)}"
    if message.right:
        yield f"**right** {plain(message.right)}"
    if message.table:
        yield _table(message.table)
    for label, text in message.facts:
        yield f"**{label}**\n\n{fenced(text)}" if "\n" in text else f"**{label}** {plain(text)}"
    if message.lines:
        yield "**where**"
        yield fenced("\n".join(message.lines))
    rest = (("meaning", message.explanation), ("hint", message.hint or ""), ("next", message.next_step))
    yield from (f"**{label}** {plain(text)}" for label, text in rest if text)


# --- markup -----------------------------------------------------------------------------


def plain(text: str) -> str:
    """One line of inert text as Markdown that shows it as it is."""
    pieces = _ALONE.split(text.strip())
    marked = (_alone(piece) if at % 2 else piece.translate(_MARKS) for at, piece in enumerate(pieces))
    return _BEGINNING.sub(_begun, "".join(marked))


def _alone(text: str) -> str:
    return f"<span>{''.join(f'&#{ord(character)};' for character in text)}</span>"


def _begun(found: re.Match[str]) -> str:
    return f"{found[0][:-1]}\\{found[0][-1]}"


def code(text: str) -> str:
    """One line of inert text as code within a line."""
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{space}{text}{space}{fence}" if text else ""


def fenced(text: str) -> str:
    """Inert text as a block of code."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _table(table: Table) -> str:
    head, *rows = (f"| {' | '.join(plain(cell) for cell in row)} |" for row in (table.header, *table.rows))
    rule = f"|{'|'.join(['---'] + ['---:'] * (len(table.header) - 1))}|"
    return "\n".join([head, rule, *rows])


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {plain(line)}" for line in lines)


def _blocks(blocks: Iterable[str]) -> str:
    return "\n\n".join(block for block in blocks if block)
