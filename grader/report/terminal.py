"""Reports on a terminal, and as plain text: laid out with rich, never read as markup.

Every string becomes a `rich.text.Text` as it is, so square brackets, emoji
codes and links in a student's text mean nothing; controls were spelled out
before (`safe`, `text`). The same layout, without colour, makes `report.txt`.
It fits 80 columns, honours NO_COLOR, and is plain where there is no terminal.
"""

import io
from collections.abc import Iterable, Sequence
from typing import IO

from rich.console import Console, RenderableType
from rich.console import Group as Stack
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from grader.report import telling
from grader.report.about_cells import about_cells
from grader.report.about_efficiency import paragraph
from grader.report.about_files import read_from
from grader.report.gradebook import Row, exercises, rows
from grader.report.groups import Group, grouped, split
from grader.report.isolation import lowered, lowered_for_student
from grader.report.model import Environment, ExerciseReport, StudentReport, TestReport
from grader.report.numbers import points
from grader.report.reckoning import Fact, of_exercise, of_student
from grader.report.safe import safe_lines, safe_text
from grader.report.text import Message, describe
from grader.report.words import Table
from grader.verdicts import Verdict

WIDTH = 80
"""Columns of a text report, and of a terminal that does not say its width."""

_OUTPUT_LINES = 8
"""Lines of printed output shown for a failing test: its beginning is what helps."""

_FINAL = "total: points; final: after lateness, weights, what is dropped, marks by hand"
"""Says once how two sums can differ."""

STYLES = {
    Verdict.PASSED: "green",
    Verdict.NOT_RUN: "dim",
    Verdict.MISSING: "yellow",
    Verdict.NOT_IMPLEMENTED: "yellow",
    Verdict.TOO_MUCH_WORK: "yellow",
    Verdict.UNSTABLE: "magenta",
}
"""How verdicts look; all others are red. The words alone say everything too."""


def console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console on which no student's text can raise or mean anything.

    A terminal that can't show a character gets it spelled out: a report in
    the C locale is less pretty, never a UnicodeEncodeError.
    """
    out = Console(file=file, width=width, markup=False, emoji=False, highlight=False, force_jupyter=False)
    if isinstance(out.file, io.TextIOWrapper):
        out.file.reconfigure(errors="backslashreplace")
    return out


def as_text(view: RenderableType, width: int = WIDTH) -> str:
    """`view` as plain text: no colour, no trailing blanks, one newline at the end."""
    buffer = io.StringIO()
    # All is said here, so that FORCE_COLOR or COLUMNS in the environment can't change a file.
    # In a notebook's kernel rich would show it in the cell, and write nothing.
    plain = Console(file=buffer, width=width, color_system=None, force_terminal=False, force_jupyter=False)
    plain.print(view)
    lines = (line.rstrip() for line in buffer.getvalue().splitlines())
    return "\n".join(lines).rstrip("\n") + "\n"


def student_view(report: StudentReport, *, each_test: bool = False) -> RenderableType:
    """One student's report.

    Args:
        report: The report, already redacted if a student is to read it.
        each_test: Give every passed test a line of its own, not only their number.
    """
    parts: list[RenderableType] = [
        _ends(Text(f"{safe_text(report.course)}: {safe_text(report.student)}", "bold"), telling.score(report))
    ]
    parts += _reckoning(of_student(report))
    parts += _isolation(report.environment, staff=report.view == "staff")
    parts += map(Text, telling.noted(report.notes))
    for exercise in report.exercises:
        parts += [Text(), exercise_view(exercise, staff=report.view == "staff", each_test=each_test)]
    return Stack(*parts, Text(), footer(report.environment, reasons=report.view == "staff"))


def exercise_view(
    exercise: ExerciseReport, *, staff: bool = False, each_test: bool = False
) -> RenderableType:
    """One exercise: its score, what passed in a line, what failed in full."""
    title = f": {safe_text(exercise.title)}" if exercise.title not in ("", exercise.name) else ""
    head = Text.assemble((safe_text(exercise.name), "bold"), title, "  ", _verdict(exercise.verdict))
    parts: list[RenderableType] = [_ends(head, telling.score(exercise))]
    if exercise.files:
        parts.append(_indent(Text(read_from(exercise), "dim")))
    if exercise.notebook is not None:
        parts += [_indent(Text(line, "dim")) for line in about_cells(exercise.notebook)]
    parts += [_indent(Text(note)) for note in telling.noted(exercise.notes)]
    parts += [_indent(facts) for facts in _reckoning(of_exercise(exercise))]
    passed = telling.passed_tests(exercise)
    if each_test:
        parts += [_indent(_test_line(test)) for test in passed]
    all_passed = 0 < len(exercise.tests) == len(passed)
    parts.append(_indent(Text(telling.tally(exercise), STYLES[Verdict.PASSED] if all_passed else "")))
    return Stack(*parts, *_failures(exercise, staff), *_efficiency(exercise))


def _reckoning(facts: Sequence[Fact]) -> list[RenderableType]:
    if not facts:
        return []
    grid = _labelled()
    for label, said in facts:
        grid.add_row(label, Text(said))
    return [grid]


def _isolation(environment: Environment, *, staff: bool) -> list[Text]:
    told = lowered(environment) if staff else lowered_for_student(environment)
    return [Text(told, "yellow" if staff else "dim")] if told else []


def footer(environment: Environment, *, reasons: bool = False) -> RenderableType:
    """What the grading ran on, and which layers of isolation it had and lacked (and why, for staff)."""
    lines = [telling.ran_on(environment), f"isolation: {', '.join(environment.isolation) or 'none'}"]
    if reasons:
        lines += [f"isolation missing: {layer}" for layer in environment.missing]
    elif environment.missing:
        lines.append(
            f"isolation missing: {', '.join(layer.partition(': ')[0] for layer in environment.missing)}"
        )
    return Stack(*(Text(safe_text(line), "dim") for line in lines))


def gradebook_view(students: Sequence[StudentReport]) -> RenderableType:
    """The class at a glance: students by exercises, totals, a letter for each verdict but passed."""
    return rows_view(rows(students), students[0].environment if students else None)


def rows_view(gradebook: Sequence[Row], environment: Environment | None) -> RenderableType:
    """The same from the gradebook's rows; `environment` is what the grading ran on."""
    names, finals = exercises(gradebook), any(row.reckoned for row in gradebook)
    grid = Grid(box=None, padding=(0, 1, 0, 0), header_style="bold")
    grid.add_column(Text("student"), overflow="fold", vertical="bottom")
    for name in names:
        most = max(row.maxima.get(name, 0) for row in gradebook)
        heading = Text(f"{_breakable(safe_text(name))}\n/{points(most)}  ")
        grid.add_column(heading, justify="right", overflow="fold", vertical="bottom")
    for name in ("total", "final")[: 1 + finals]:
        grid.add_column(Text(name), justify="right", no_wrap=True, vertical="bottom")
    for row in gradebook:
        cells = [
            _cell(row.scores[name], row.verdicts[name]) if name in row.scores else Text("-") for name in names
        ]
        sums = [(row.total, row.most)] + [(row.final, row.final_max)] * finals
        grid.add_row(Text(row.student), *cells, *(Text(_of(*pair), "bold") for pair in sums))
    head = _isolation(environment, staff=True) if environment else []
    legend = _legend(verdict for row in gradebook for verdict in row.verdicts.values())
    return Stack(*head, grid, *legend, *([Text(_FINAL, "dim")] if finals else []))


def _of(score: float | None, most: float | None) -> str:
    # Two decimals: weights make long ones, and all of them stand in grades.csv.
    return "-" if score is None or most is None else f"{points(round(score, 2))}/{points(round(most, 2))}"


LETTERS = {
    Verdict.PASSED: "",
    Verdict.NOT_RUN: "n",
    Verdict.MISSING: "m",
    Verdict.NOT_IMPLEMENTED: "i",
    Verdict.TOO_MUCH_WORK: "x",
    Verdict.WRONG_ANSWER: "w",
    Verdict.ERROR: "e",
    Verdict.FORBIDDEN: "f",
    Verdict.UNSTABLE: "u",
    Verdict.TIMED_OUT: "t",
    Verdict.OUT_OF_MEMORY: "o",
    Verdict.CRASHED: "c",
}
"""The letter of each verdict in the gradebook's cells."""


def _breakable(name: str) -> str:
    return name.replace("_", " ") if len(name) > 12 else name


def _cell(score: float, verdict: Verdict) -> Text:
    return Text(f"{points(score)} {LETTERS[verdict] or ' '}", _style(verdict))


def _legend(verdicts: Iterable[Verdict]) -> list[Text]:
    seen = set(verdicts)
    used = [f"{letter} {verdict}" for verdict, letter in LETTERS.items() if letter and verdict in seen]
    return [Text(), Text("; ".join(used), "dim")] if used else []


def _failures(exercise: ExerciseReport, staff: bool) -> list[RenderableType]:
    opened, folded, counted = split(grouped(exercise))
    parts: list[RenderableType] = []
    leader: TestReport | None = None
    for group in opened:
        parts.append(Text())
        output = ""
        if group.leader is not None and group.leader is not leader:
            parts.append(_indent(_test_line(group.leader, staff=staff)))
            output = group.leader.output
        leader = group.leader
        parts.append(_indent(_open_group(group, output), 4))
    if telling.did_not_load(exercise):
        counted = []
    if folded or counted:
        parts.append(Text())
    for line in telling.folded(folded):
        code = f"also {line.code}: " if line.code else "also "
        parts.append(_indent(Text.assemble((code, "bold" if line.code else ""), line.said)))
    for group in counted:
        parts += [_indent(line) for line in _counted_lines(group, staff)]
    return parts


def _efficiency(exercise: ExerciseReport) -> list[RenderableType]:
    return [part for each in exercise.efficiency for part in (Text(), _indent(Text(paragraph(each))))]


def _open_group(group: Group, output: str) -> RenderableType:
    assert group.finding is not None
    leader = group.leader
    parts = [message_view(describe(group.finding, leader.title if leader else None, group.mistake))]
    if output:
        grid = _labelled()
        grid.add_row("printed", Text("\n".join(safe_lines(output, _OUTPUT_LINES))))
        parts.append(grid)
    if others := telling.others(group):
        parts.append(Text(others))
    return Stack(*parts)


def message_view(message: Message) -> RenderableType:
    """One finding in full, part by part in the house's order."""
    grid = _labelled()
    if message.called:
        grid.add_row("called", Text(message.called))
    if message.right:
        grid.add_row("right", Text(message.right))
    if message.table:
        grid.add_row("differs", _table(message.table))
    for label, fact in message.facts:
        grid.add_row(label, Text(fact))
    if message.lines:
        grid.add_row("where", Text("\n".join(message.lines)))
    if message.explanation:
        grid.add_row("meaning", Text(message.explanation))
    if message.hint:
        grid.add_row("hint", Text(message.hint))
    grid.add_row("next", Text(message.next_step))
    return Stack(Text.assemble((f"{message.code}: ", "bold"), message.headline), grid)


def _table(table: Table) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="")
    for i, heading in enumerate(table.header):
        grid.add_column(Text(heading, "dim"), justify="left" if i == 0 else "right", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(cell) for cell in row))
    return grid


def _counted_lines(group: Group, staff: bool) -> list[RenderableType]:
    if group.finding is None:
        return [_test_line(test, staff=staff) for test in group.tests]
    return [Text(telling.not_run(group))]


def _test_line(test: TestReport, *, staff: bool = False) -> RenderableType:
    aside = telling.asides(test, staff=staff)
    told = f": {telling.title(test)}{f' ({aside})' if aside else ''}"
    line = _ends(Text.assemble(_verdict(test.verdict), told), telling.score(test))
    if not staff:
        return line
    about = f"{safe_text(test.name)}, blame: {test.blame}, {test.seconds:.2f} s"
    return Stack(line, _indent(Text(about, "dim")))


def _verdict(verdict: Verdict) -> tuple[str, str]:
    return (verdict.value, _style(verdict))


def _style(verdict: Verdict) -> str:
    return STYLES.get(verdict, "red")


def _labelled() -> Grid:
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", width=7, no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _ends(left: Text, right: str) -> RenderableType:
    grid = Grid.grid(expand=True, padding=(0, 2, 0, 0))
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(left, Text(right, "bold"))
    return grid


def _indent(view: RenderableType, by: int = 2) -> Padding:
    return Padding(view, (0, 0, 0, by))
