"""Reports for a screen reader, or whoever wants them plain: one thing a line, read from left to right.

No tables, boxes, alignment or colour, and no line is broken to fit a width. What the
terminal sets in columns is a sentence here, such as `index [1, 2]: yours -0.67,
expected -0.33, allowed 4.8e-07`. It says what the terminal says, in the same order.
"""

from collections.abc import Iterator, Sequence

from grader.report import telling
from grader.report.about_cells import about_cells
from grader.report.about_efficiency import paragraph
from grader.report.about_files import read_from
from grader.report.groups import Group, grouped, split
from grader.report.model import ExerciseReport, TestReport
from grader.report.reckoning import of_exercise
from grader.report.safe import safe_lines, safe_text
from grader.report.text import Message, describe
from grader.report.words import Table

_OUTPUT_LINES = 8
"""Lines of printed output: as many as on a terminal."""


def exercise_lines(exercise: ExerciseReport, *, each_test: bool = False) -> list[str]:
    """An exercise's report, already redacted for its student, line by line.

    Args:
        exercise: The report.
        each_test: Give every passed test a line of its own, not only their number.
    """
    return [*_head(exercise, each_test), *_failures(exercise), *_efficiency(exercise)]


def _head(exercise: ExerciseReport, each_test: bool) -> Iterator[str]:
    title = f": {safe_text(exercise.title)}" if exercise.title not in ("", exercise.name) else ""
    yield f"{safe_text(exercise.name)}{title}"
    yield f"verdict: {exercise.verdict}"
    if score := telling.score(exercise):
        yield f"score: {score}"
    if exercise.files:
        yield read_from(exercise)
    if exercise.notebook is not None:
        yield from about_cells(exercise.notebook)
    yield from telling.noted(exercise.notes)
    yield from (f"{label}: {said}" for label, said in of_exercise(exercise))
    if each_test:
        yield from map(_test, telling.passed_tests(exercise))
    yield telling.tally(exercise)


def _failures(exercise: ExerciseReport) -> Iterator[str]:
    opened, folded, counted = split(grouped(exercise))
    leader: TestReport | None = None
    for group in opened:
        yield ""
        is_new = group.leader is not None and group.leader is not leader
        leader = group.leader
        if leader is not None and is_new:
            yield _test(leader)
        yield from _group(group, leader.output if leader is not None and is_new else "")
    told = [] if telling.did_not_load(exercise) else [line for group in counted for line in _counted(group)]
    also = [
        f"also {line.code}: {line.said}" if line.code else f"also {line.said}"
        for line in telling.folded(folded)
    ]
    yield from ["", *also, *told] if also or told else []


def _group(group: Group, output: str) -> Iterator[str]:
    assert group.finding is not None, "bare verdicts are only counted"
    title = group.leader.title if group.leader is not None else None
    yield from message_lines(describe(group.finding, title, group.mistake))
    if output:
        yield from _labelled("printed", safe_lines(output, _OUTPUT_LINES))
    if others := telling.others(group):
        yield others


def message_lines(message: Message) -> list[str]:
    """One finding in full, part by part in the house's order."""
    lines = [f"{message.code}: {message.headline}"]
    lines += [f"called: {message.called}"] if message.called else []
    lines += [f"right: {message.right}"] if message.right else []
    lines += _rows(message.table) if message.table else []
    for label, fact in message.facts:
        lines += _labelled(label, fact.splitlines())
    lines += _labelled("where", message.lines)
    lines += [f"meaning: {message.explanation}"] if message.explanation else []
    lines += [f"hint: {message.hint}"] if message.hint else []
    return [*lines, f"next: {message.next_step}"]


def _rows(table: Table) -> list[str]:
    """Each row as a sentence: what it is about, then each column by its name."""
    first, *names = table.header
    said = []
    for key, *cells in table.rows:
        named = (f"{name} {cell}".strip() for name, cell in zip(names, cells, strict=True) if cell)
        said.append(f"{f'{first} {key}'.strip()}: {', '.join(named)}")
    return said


def _labelled(label: str, lines: Sequence[str]) -> list[str]:
    """One line with its label before it; of several, the label stands on a line of its own."""
    if len(lines) < 2:
        return [f"{label}: {line}" for line in lines]
    return [f"{label}:", *lines]


def _counted(group: Group) -> list[str]:
    return [_test(test) for test in group.tests] if group.finding is None else [telling.not_run(group)]


def _test(test: TestReport) -> str:
    aside = telling.asides(test)
    score = telling.score(test)
    title = telling.title(test) + (f" ({aside})" if aside else "")
    return f"{test.verdict}: {title}" + (f", {score}" if score else "")


def _efficiency(exercise: ExerciseReport) -> list[str]:
    return [line for each in exercise.efficiency for line in ("", paragraph(each))]
