"""The page of the class, for staff: who stands where, what went wrong, which tests to look at, what was odd.

One file that needs nothing from elsewhere. The grid of students is a plain table
that reads, prints and is searched without script; the script (ours, by its hash)
sorts and filters the rows that are there. Names of students are hostile text:
inert before they come here, escaped by the template, never in an attribute, and
what the script is told of them is numbers of rows.
"""

import json
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from grader.pages.base import page
from grader.pages.histogram import Histogram, histogram
from grader.pages.links import Link, anchor, links
from grader.pages.roll import ODD, Entry, Roll
from grader.report.about_class import misleads, urgency
from grader.report.class_report import ClassReport
from grader.report.files import write_whole
from grader.report.html import tone
from grader.report.isolation import lowered
from grader.report.model import RunReport
from grader.report.numbers import points
from grader.report.safe import safe_text
from grader.report.words import name
from grader.verdicts import SEVERITY

_NAME = 60
"""Characters of a student's name: a longer one is a trick, and the link leads to the whole of it."""

_NAMED = 8
"""Students of a list who are named before the rest is only counted; the table can show all of them."""

_NOTES = 12
"""Notes on the run before the rest is only counted."""

_CAUSES = 3
"""Causes of a finding that are told, the commonest first."""

_UNEXPLAINED = (
    "A wrong answer or an error that nobody could say more about: where two did the same, that is the next "
    "mistake to write."
)


@dataclass(frozen=True)
class Cell:
    """A result in the grid: its number, its words and how they look."""

    score: str
    words: str
    tone: str


@dataclass(frozen=True)
class Line:
    """A student in the grid."""

    name: str
    link: Link | None
    total: str
    cells: tuple[Cell, ...]
    seconds: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Who:
    """Students of whom the same thing is to be said.

    Attributes:
        number: Which list of rows the script is to show.
        label: What they have in common, in a few words.
        many: How many they are.
        first: The first ones, each with more words behind the name, and where on their page it is.
        more: How many are not named.
    """

    number: int
    label: str
    many: int
    first: tuple[tuple[Line, str, str], ...]
    more: int


@dataclass(frozen=True)
class Topic:
    """What many share, and who they are."""

    exercise: str
    label: str
    told: str
    many: str
    who: Who


@dataclass(frozen=True)
class TestLine:
    """A hidden test in its table."""

    __test__ = False  # the name looks like a test class to pytest

    exercise: str
    title: str
    taken: str
    passed: str
    discrimination: str
    misleads: bool


@dataclass(frozen=True)
class TimeLine:
    """What the submissions to an exercise took."""

    exercise: str
    many: str
    median: str
    longest: str
    total: str


def write_class_page(run: RunReport, report: ClassReport, roll: Roll, folder: Path) -> None:
    """Write `class.html` into the run's folder.

    Args:
        run: The run, without its students.
        report: What the students have in common.
        roll: The students.
        folder: The run's folder, with the students' reports in it.

    Raises:
        OutputError: The file cannot be written.
    """
    write_whole(folder / "class.html", class_page(run, report, roll, folder))


def class_page(run: RunReport, report: ClassReport, roll: Roll, folder: Path) -> bytes:
    """The page; `folder` is only looked into for what there is to link to."""
    lines = [_line(entry, list(roll.maxima), links(folder, entry.student)) for entry in roll.entries]
    lists = _Lists(lines, roll.entries)
    places = {entry.student: place for place, entry in enumerate(roll.entries)}

    def those(label: str, exercise: str, students: Iterable[str]) -> Who:
        there = {places[student]: () for student in students if student in places}
        return lists.of(label, there, exercise)

    return page(
        "class.html",
        styles=("class.css",),
        scripts=("class.js",),
        course=safe_text(run.course),
        run=run,
        warning=lowered(run.environment),
        notes=[safe_text(note) for note in run.notes[:_NOTES]],
        more_notes=max(0, len(run.notes) - _NOTES),
        summary=_summary(roll.entries),
        histogram=_marks(roll.entries),
        exercises=[(name(each), points(most)) for each, most in roll.maxima.items()],
        most=_most(roll.entries),
        verdicts=_verdicts(roll.entries),
        changed=any(result.changed for entry in roll.entries for result in entry.results.values()),
        lines=lines,
        mistakes=_mistakes(report, those),
        findings=_findings(report, those),
        tests=_tests(report),
        seconds=_seconds(run.seconds),
        times=_times(roll),
        slowest=_slowest(roll, lines),
        odd=_odd(report, roll, lists, places),
        lists=as_data(lists.rows),
        files=[file for file in ("run.json", "grades.csv") if (folder / file).is_file()],
    )


class _Lists:
    """Lists of rows, numbered as they come."""

    def __init__(self, lines: Sequence[Line], entries: Sequence[Entry]) -> None:
        self.rows: list[list[int]] = []
        self._lines = lines
        self._entries = entries

    def of(self, label: str, students: Mapping[int, Sequence[str]], exercise: str = "") -> Who:
        """The students at these places, each with the exercises to name; their links lead to the first.

        Args:
            label: What they have in common.
            students: Their places, and the exercises to say behind each name.
            exercise: The exercise that it is about, where that need not be said.
        """
        number, places = len(self.rows), sorted(students)
        self.rows.append(places)
        first = tuple(
            (
                self._lines[place],
                ", ".join(map(name, students[place])),
                self._anchor(place, exercise or next(iter(students[place]), "")),
            )
            for place in places[:_NAMED]
        )
        return Who(number, label, len(places), first, max(0, len(places) - _NAMED))

    def _anchor(self, place: int, exercise: str) -> str:
        """Where an exercise begins on a student's page; '' for the top."""
        names = list(self._entries[place].results)
        return anchor(names.index(exercise) + 1) if exercise in names else ""


def as_data(data: object) -> Markup:
    """JSON that can stand in a script element: nothing in it ends the element or a line of script."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - what could be markup is spelled out


# --- the grid ---------------------------------------------------------------------


def _line(entry: Entry, exercises: Sequence[str], files: Sequence[Link]) -> Line:
    return Line(
        name=safe_text(entry.student, _NAME),
        link=files[0] if files else None,
        total=points(entry.total),
        cells=tuple(_cell(entry, exercise) for exercise in exercises),
        seconds=_seconds(entry.seconds),
        links=tuple(files[1:]),
    )


def _cell(entry: Entry, exercise: str) -> Cell:
    result = entry.results.get(exercise)
    if result is None:
        return Cell("", "", "idle")
    return Cell(
        points(result.score) + ("*" if result.changed else ""), result.verdict.value, tone(result.verdict)
    )


def _verdicts(entries: Sequence[Entry]) -> list[str]:
    """The verdicts that there are, from harmless to grave."""
    there = {result.verdict for entry in entries for result in entry.results.values()}
    return [verdict.value for verdict in SEVERITY if verdict in there]


def _most(entries: Sequence[Entry]) -> str:
    """The most that a total can be; '' where that is not the same for all."""
    each = {points(entry.most) for entry in entries}
    return each.pop() if len(each) == 1 else ""


# --- the numbers ------------------------------------------------------------------


def _shares(entries: Sequence[Entry]) -> list[float]:
    return [entry.total / entry.most for entry in entries if entry.most]


def _summary(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    shares = _shares(entries)
    facts = [("students", f"{len(entries):,}")]
    if shares:
        facts += [
            ("median", _percent(statistics.median(shares))),
            ("mean", _percent(statistics.fmean(shares))),
            ("full marks", f"{sum(share >= 1 for share in shares):,}"),
            ("nothing", f"{sum(share <= 0 for share in shares):,}"),
        ]
    return facts


def _marks(entries: Sequence[Entry]) -> Histogram | None:
    shares = _shares(entries)
    return histogram(shares) if shares else None


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _seconds(seconds: float) -> str:
    return f"{seconds:,.1f}"


# --- what is shared ---------------------------------------------------------------

_Those = Callable[[str, str, Iterable[str]], Who]


def _mistakes(report: ClassReport, those: _Those) -> list[Topic]:
    return [
        Topic(
            exercise=name(each.exercise),
            label=name(each.name),
            told=safe_text(each.headline),
            many=_of(each.count, each.handed_in),
            who=those(f"{name(each.exercise)}: {name(each.name)}", each.exercise, each.students),
        )
        for each in report.mistakes
    ]


def _findings(report: ClassReport, those: _Those) -> list[Topic]:
    found = []
    for each in report.findings:
        causes = (" ".join(filter(None, (name(it.cause), it.relation))) for it in each.causes[:_CAUSES])
        found.append(
            Topic(
                exercise=name(each.exercise),
                label=name(each.code),
                told="; ".join(filter(None, causes)),
                many=_of(each.count, each.handed_in),
                who=those(f"{name(each.exercise)}: {name(each.code)}", each.exercise, each.students),
            )
        )
    return found


def _of(many: int, all_of_them: int) -> str:
    return f"{many:,} of {all_of_them:,} ({_percent(many / all_of_them)})"


def _tests(report: ClassReport) -> list[TestLine]:
    """The hidden tests, those to look at first."""
    return [
        TestLine(
            exercise=name(test.exercise),
            title=safe_text(test.title) + ("" if test.device == "cpu" else f" (on {name(test.device)})"),
            taken=f"{test.taken:,}",
            passed="" if test.difficulty is None else _percent(test.difficulty),
            discrimination="" if test.discrimination is None else f"{test.discrimination:+.2f}",
            misleads=misleads(test),
        )
        for test in sorted(report.tests, key=urgency)
    ]


# --- time, and what was odd -------------------------------------------------------


def _times(roll: Roll) -> list[TimeLine]:
    return [
        TimeLine(
            exercise=name(exercise),
            many=f"{len(seconds):,}",
            median=_seconds(statistics.median(seconds)),
            longest=_seconds(max(seconds)),
            total=_seconds(sum(seconds)),
        )
        for exercise, seconds in roll.seconds.items()
    ]


def _slowest(roll: Roll, lines: Sequence[Line]) -> list[tuple[Line, str, str]]:
    found = sorted(roll.slowest, key=lambda each: (-each[0], each[1], each[2]))
    return [(lines[place], name(exercise), _seconds(seconds)) for seconds, place, exercise in found]


def _odd(report: ClassReport, roll: Roll, lists: _Lists, places: Mapping[str, int]) -> list[tuple[str, Who]]:
    """What was odd: what it means, and who."""
    found = [(told, lists.of(kind, roll.odd[kind])) for kind, told in ODD.items() if kind in roll.odd]
    unexplained: dict[int, tuple[str, ...]] = {}
    for each in report.unexplained:
        if each.student in places:
            place = places[each.student]
            unexplained[place] = (*unexplained.get(place, ()), each.exercise)
    if unexplained:
        found.append((_UNEXPLAINED, lists.of("No explanation fitted", unexplained)))
    return found
