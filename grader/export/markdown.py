"""Reports as Markdown files: a student's in full, and a class on one page.

For an issue, a wiki, a merge request, or a chat that knows Markdown. No text of a
student's is markup (`grader.report.markdown`). The page of a class names hidden tests and
students: it is for staff.
"""

from collections.abc import Iterable, Iterator, Sequence

from grader.report import telling
from grader.report.class_counts import ClassCounts
from grader.report.class_report import ClassReport, FindingCount, MistakeCount, TestStatistics
from grader.report.gradebook import Row, exercises, row
from grader.report.isolation import lowered, lowered_for_student
from grader.report.markdown import exercise_markdown, plain
from grader.report.model import StudentReport
from grader.report.numbers import count, listed, points
from grader.report.reckoning import of_student
from grader.report.safe import safe_text
from grader.report.words import name, names
from grader.verdicts import Verdict

_TESTS = 20
"""Hidden tests listed, the hardest first."""

_NAMED = 12
"""Students named in a line before the rest is only counted."""


# --- a student --------------------------------------------------------------------


def student_markdown(report: StudentReport) -> str:
    """One student's report.

    Args:
        report: The report, already redacted if a student is to read it.
    """
    return "\n\n".join(student_parts(report)) + "\n"


def student_parts(report: StudentReport) -> Iterator[str]:
    """The same, part by part: the whole in a table, then each exercise, then what it ran on."""
    yield f"# {plain(f'{safe_text(report.course)}: {safe_text(report.student)}')}"
    staff = report.view == "staff"
    said = [telling.score(report), *(f"{label}: {fact}" for label, fact in of_student(report))]
    said += [lowered(report.environment) if staff else lowered_for_student(report.environment)]
    said += telling.noted(report.notes)
    if lines := [f"- {plain(line)}" for line in said if line]:
        yield "\n".join(lines)
    if report.exercises:
        rows = [
            (safe_text(each.name), each.verdict, telling.score(each) or "-", telling.tally(each))
            for each in report.exercises
        ]
        yield _table(("exercise", "result", "points", "tests"), rows)
    yield from map(exercise_markdown, report.exercises)
    yield plain(telling.ran_on(report.environment))


# --- a class ----------------------------------------------------------------------


def class_markdown(reports: Iterable[StudentReport]) -> str:
    """A class on one page: marks, the mistakes most often made, the hardest tests, what nothing explained.

    Args:
        reports: Everybody's, as staff may see them, taken one at a time.
    """
    counts, book, course, environment = ClassCounts(), [], "", None
    for report in counts.passing(reports):
        book.append(row(report))
        course, environment = report.course, report.environment
    blocks = [f"# {plain(safe_text(course))}", count(len(book), "student"), _gradebook(book)]
    blocks += list(_class(counts.report()))
    if environment is not None:
        blocks += [plain(lowered(environment)), plain(telling.ran_on(environment))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _gradebook(book: Sequence[Row]) -> str:
    columns, finals = exercises(book), any(row.reckoned for row in book)
    header = ("student", *map(safe_text, columns), "total", *(["final"] if finals else []))
    rows = []
    for each in book:
        cells = [_mark(each.scores.get(column), each.verdicts.get(column)) for column in columns]
        sums = [(each.total, each.most), *([(each.final, each.final_max)] if finals else [])]
        rows.append((each.student, *cells, *(_of(*pair) for pair in sums)))
    return _table(header, rows)


def _mark(score: float | None, verdict: Verdict | None) -> str:
    if score is None:
        return "-"
    return points(score) if verdict is Verdict.PASSED else f"{points(score)} ({verdict})"


def _of(score: float | None, most: float | None) -> str:
    return "-" if score is None or most is None else f"{points(score)} of {points(most)}"


def _class(found: ClassReport) -> Iterator[str]:
    if found.mistakes:
        yield "## Mistakes most often made"
        made = [
            (
                _share(each),
                name(each.exercise),
                name(each.name),
                safe_text(each.headline),
                _who(each.students),
            )
            for each in found.mistakes
        ]
        yield _table(("students", "exercise", "mistake", "what such code does", "who"), made)
    if found.findings:
        yield "## Without a known mistake"
        known = [
            (_share(each), name(each.exercise), each.code, _who(each.students)) for each in found.findings
        ]
        yield _table(("students", "exercise", "finding", "who"), known)
    if found.unexplained:
        yield "## No explanation fitted"
        odd = [(name(each.exercise), safe_text(each.student), each.code or "-") for each in found.unexplained]
        yield _table(("exercise", "student", "finding"), odd)
    yield from _hardest([test for test in found.tests if test.passed < test.taken])


def _share(found: MistakeCount | FindingCount) -> str:
    return f"{found.count:,} of {found.handed_in:,}"


def _hardest(failed: Sequence[TestStatistics]) -> Iterator[str]:
    if not failed:
        return
    yield "## Hidden tests that were hardest"
    rows = [
        (
            f"{test.passed:,} of {test.taken:,}",
            name(test.exercise),
            safe_text(test.title) + ("" if test.device == "cpu" else f" (on {name(test.device)})"),
            "-" if test.discrimination is None else f"{test.discrimination:+.2f}",
        )
        for test in sorted(failed, key=lambda test: test.passed / test.taken)[:_TESTS]
    ]
    yield _table(("passed", "exercise", "test", "discrimination"), rows)
    if len(failed) > _TESTS:
        yield f"... and {count(len(failed) - _TESTS, 'more test')} that not everybody passed."


def _who(students: Sequence[str]) -> str:
    return listed(names(students, _NAMED), _NAMED + 1)


# --- both -------------------------------------------------------------------------


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(map(plain, cells))} |" for cells in (header, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(header)}", *lines[1:]])
