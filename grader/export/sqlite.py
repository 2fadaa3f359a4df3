"""A run as an SQLite database: students, exercises, tests and findings, and views of the usual questions.

Opened with plain sqlite3, pandas, R or DuckDB. The same reports give the same
bytes. Names and texts are inert, so that a terminal may show them; all facts of a
finding stand beside its code as JSON in ASCII. For staff, unless made of what
students may see.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from grader.export.marks import counted, mark
from grader.findings import Finding
from grader.report.files import folder_name, strict
from grader.report.model import ExerciseReport, MistakeReport, StudentReport, TestReport
from grader.report.safe import encodable, safe_text
from grader.report.text import describe

VERSION = 1
"""The version of the tables, which `PRAGMA user_version` says."""

TABLES = """
CREATE TABLE students (
    id INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    folder TEXT NOT NULL UNIQUE,    -- of the student's reports, beside run.json
    score REAL NOT NULL,            -- points that tests gave
    max_score REAL NOT NULL,
    counts REAL NOT NULL,           -- what counts: the final mark where there is one
    counts_max REAL NOT NULL,
    view TEXT NOT NULL              -- 'staff' or 'student'
);
CREATE TABLE exercises (
    id INTEGER PRIMARY KEY,
    student INTEGER NOT NULL REFERENCES students (id),
    exercise TEXT NOT NULL,
    title TEXT NOT NULL,
    verdict TEXT NOT NULL,
    score REAL NOT NULL,
    max_score REAL NOT NULL,
    counts REAL NOT NULL,           -- less penalties, and as set by hand
    penalty REAL NOT NULL,
    days_late INTEGER,              -- NULL where nothing was due or nobody knows
    seconds REAL NOT NULL,
    UNIQUE (student, exercise)
);
CREATE TABLE tests (
    id INTEGER PRIMARY KEY,
    exercise INTEGER NOT NULL REFERENCES exercises (id),
    place INTEGER NOT NULL,         -- in the report's order, from 1
    test TEXT NOT NULL,             -- the test's function; '' where students must not see it
    title TEXT NOT NULL,
    device TEXT NOT NULL,
    visibility TEXT NOT NULL,
    verdict TEXT NOT NULL,
    blame TEXT NOT NULL,
    score REAL NOT NULL,
    max_score REAL NOT NULL,
    seconds REAL NOT NULL,
    worst_error REAL,               -- as a share of what is allowed
    UNIQUE (exercise, place)
);
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    exercise INTEGER NOT NULL REFERENCES exercises (id),
    test INTEGER REFERENCES tests (id),  -- NULL where it is about the exercise as a whole
    code TEXT NOT NULL,
    mistake TEXT,                   -- the known mistake behind it
    relation TEXT,                  -- what the wrong value is, if that is known
    headline TEXT NOT NULL,
    facts TEXT NOT NULL             -- the whole finding, as JSON
);
CREATE TABLE mistakes (
    id INTEGER PRIMARY KEY,
    exercise INTEGER NOT NULL REFERENCES exercises (id),
    mistake TEXT NOT NULL,
    headline TEXT NOT NULL,
    tests INTEGER NOT NULL,         -- failing tests that it explains
    UNIQUE (exercise, mistake)
);
CREATE INDEX tests_by_name ON tests (test, device);
CREATE INDEX findings_by_test ON findings (test);
CREATE INDEX findings_by_code ON findings (code);
"""

VIEWS = """
CREATE VIEW marks AS
SELECT s.student, e.exercise, e.verdict, e.score, e.max_score, e.counts, e.days_late
FROM exercises e JOIN students s ON s.id = e.student;

CREATE VIEW hardest_tests AS  -- of those whose code a test tried, the share that passed
SELECT e.exercise, t.test, t.title, t.device, count(*) AS taken,
       sum(t.verdict = 'passed') AS passed, round(avg(t.verdict = 'passed'), 4) AS share
FROM tests t JOIN exercises e ON e.id = t.exercise
WHERE t.verdict NOT IN ('not run', 'missing', 'not implemented', 'unstable')
  AND t.blame IN ('nobody', 'student')
GROUP BY e.exercise, t.test, t.title, t.device
ORDER BY share, e.exercise, t.test, t.title, t.device;

CREATE VIEW common_mistakes AS
SELECT e.exercise, m.mistake, m.headline, count(DISTINCT e.student) AS students
FROM mistakes m JOIN exercises e ON e.id = m.exercise
WHERE e.verdict <> 'missing'
GROUP BY e.exercise, m.mistake
ORDER BY students DESC, e.exercise, m.mistake;

CREATE VIEW common_findings AS  -- about work that was handed in, and that no known mistake explains
SELECT e.exercise, f.code, count(DISTINCT e.student) AS students
FROM findings f JOIN exercises e ON e.id = f.exercise LEFT JOIN tests t ON t.id = f.test
WHERE f.mistake IS NULL AND e.verdict <> 'missing' AND (f.test IS NULL OR t.blame = 'student')
  AND f.code NOT IN ('not-run', 'missing-file', 'not-implemented', 'grader-fault')
GROUP BY e.exercise, f.code
ORDER BY students DESC, e.exercise, f.code;

CREATE VIEW slowest_tests AS
SELECT e.exercise, t.test, t.title, t.device,
       round(avg(t.seconds), 3) AS mean, round(max(t.seconds), 3) AS longest
FROM tests t JOIN exercises e ON e.id = t.exercise
WHERE t.verdict <> 'not run'
GROUP BY e.exercise, t.test, t.title, t.device
ORDER BY mean DESC, e.exercise, t.test, t.title, t.device;

CREATE VIEW not_the_students_fault AS  -- what to look at before marks are given out
SELECT s.student, e.exercise, t.title, t.device, t.verdict, t.blame, t.max_score
FROM tests t JOIN exercises e ON e.id = t.exercise JOIN students s ON s.id = e.student
WHERE t.blame NOT IN ('nobody', 'student')
ORDER BY s.id, e.id, t.place;
"""

_HEADLINE = 300
"""Characters of a headline that are kept: ours are shorter."""


def database(reports: Iterable[StudentReport]) -> bytes:
    """The database file.

    Args:
        reports: The students', taken one at a time.
    """
    # Not in memory: SQLite gives its bytes out from 3.36 on only, and long-lived systems have older ones.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "run.sqlite")
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(
                f"PRAGMA synchronous = OFF; PRAGMA user_version = {VERSION};{TABLES}{VIEWS}"
            )
            with connection:
                for report in reports:
                    _student(connection, report)
        return file.read_bytes()


def _student(connection: sqlite3.Connection, report: StudentReport) -> None:
    whole = mark(report)
    student = _insert(
        connection,
        "students",
        student=safe_text(report.student),
        folder=encodable(folder_name(report.student)),
        score=report.score,
        max_score=report.max_score,
        counts=whole.score,
        counts_max=whole.most,
        view=report.view,
    )
    for each in report.exercises:
        exercise = _insert(
            connection,
            "exercises",
            student=student,
            exercise=safe_text(each.name),
            title=safe_text(each.title),
            verdict=str(each.verdict),
            score=each.score,
            max_score=each.max_score,
            counts=counted(each),
            penalty=each.penalty,
            days_late=each.late.days if each.late is not None and each.late.submitted is not None else None,
            seconds=each.seconds,
        )
        _exercise(connection, exercise, each)


def _exercise(connection: sqlite3.Connection, exercise: int, report: ExerciseReport) -> None:
    for mistake in {each.name: each for each in report.mistakes}.values():
        _insert(
            connection,
            "mistakes",
            exercise=exercise,
            mistake=safe_text(mistake.name),
            headline=safe_text(mistake.headline, _HEADLINE),
            tests=mistake.tests,
        )
    for row in _findings(report.findings, None, {}):
        _insert(connection, "findings", exercise=exercise, test=None, **row)
    known = {mistake.name: mistake for mistake in report.mistakes}
    for place, test in enumerate(report.tests, 1):
        number = _insert(connection, "tests", exercise=exercise, place=place, **_test(test))
        for row in _findings(test.findings, test.title, known):
            _insert(connection, "findings", exercise=exercise, test=number, **row)


def _test(test: TestReport) -> dict[str, Any]:
    return {
        "test": safe_text(test.name),
        "title": safe_text(test.title),
        "device": safe_text(test.device),
        "visibility": str(test.visibility),
        "verdict": str(test.verdict),
        "blame": str(test.blame),
        "score": test.score,
        "max_score": test.max_score,
        "seconds": test.seconds,
        "worst_error": test.worst_error,
    }


def _findings(
    findings: Iterable[Finding], title: str | None, known: dict[str, MistakeReport]
) -> Iterator[dict[str, Any]]:
    for finding in findings:
        yield {
            "code": finding.code,
            "mistake": safe_text(finding.mistake) if finding.mistake else None,
            "relation": finding.relation.kind if finding.relation is not None else None,
            "headline": describe(finding, title, known.get(finding.mistake or "")).headline,
            "facts": facts(finding),
        }


def facts(finding: Finding) -> str:
    """A finding as JSON in ASCII; NaN and infinities are strings."""
    return json.dumps(strict(finding.model_dump(mode="json")), ensure_ascii=True, allow_nan=False)


def _insert(connection: sqlite3.Connection, table: str, **row: str | float | None) -> int:
    """A row, and its number; the names of tables and columns are ours, and all values are bound."""
    names, places = ", ".join(row), ", ".join("?" * len(row))
    done = connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))  # noqa: S608
    assert done.lastrowid is not None
    return done.lastrowid
