"""What Canvas does with an uploaded gradebook, by the rules of its importer.

It guesses the delimiter from the first lines, wants Student, ID and Section, reads
assignments by the number behind their title, takes the row of points for points, and
compares scores at two decimals with those that it has. Its own state is the export itself.
"""

import csv
import io
import re
from dataclasses import dataclass, field

TOTALS = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
"""Columns that are no assignment, whatever else their header says."""


class InvalidHeader(Exception):
    """`Invalid header row`."""


@dataclass
class Changes:
    scores: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    points: dict[str, tuple[str, str]] = field(default_factory=dict)
    new_assignments: list[str] = field(default_factory=list)
    missing_students: list[str] = field(default_factory=list)


@dataclass
class Gradebook:
    assignments: dict[int, tuple[str, str]]
    points: dict[str, str]
    scores: dict[tuple[str, str], str]
    names: dict[str, str]


def uploaded(export: bytes, upload: bytes) -> Changes:
    """What an upload changes in the gradebook that was exported."""
    before, after = parse(export), parse(upload)
    known = {number for _, number in before.assignments.values()}
    changes = Changes()
    for title, number in after.assignments.values():
        if number not in known:
            changes.new_assignments.append(title)
    for number, most in after.points.items():
        if as_number(most) != as_number(before.points.get(number, "")):
            changes.points[number] = (before.points.get(number, ""), most)
    for (student, number), now in after.scores.items():
        if student not in before.names:
            changes.missing_students.append(student)
            continue
        was = before.scores.get((student, number), "")
        if as_number(was) != as_number(now) and not (was == "" and now == ""):
            changes.scores[student, number] = (was, now)
    return changes


def delimiter(text: str) -> str:
    """Which one cuts the first three lines into equally many cells, more than the other one."""
    cells = {}
    for mark in ";,":
        found = {
            len(next(csv.reader([line], delimiter=mark), [])) for line in text.splitlines(keepends=True)[:3]
        }
        cells[mark] = found.pop() if len(found) == 1 else 0
    return ";" if cells[";"] > cells[","] else ","


def as_number(text: str) -> object:
    plain = text.strip().rstrip("%").replace(",", ".")
    try:
        return f"{float(plain):.2f}"
    except ValueError:
        return plain.upper()


def parse(content: bytes) -> Gradebook:
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True))
    header = rows[0]
    if len(header) <= 3 or "Student" not in header[0] or "ID" not in header[1]:
        raise InvalidHeader
    if not any("Section" in cell for cell in header):
        raise InvalidHeader
    assignments = {}
    for column, cell in enumerate(header):
        found = re.fullmatch(r"(.*)\s\((\d+)\)", cell, re.DOTALL)
        if found and not TOTALS.search(cell):
            assignments[column] = (found[1], found[2])
    points, students = {}, []
    for place, row in enumerate(rows[1:]):
        if "Points Possible" in row[0]:
            points = {number: row[column] for column, (_, number) in assignments.items()}
        elif place < 2 and not row[0].strip() and not row[1].strip():
            continue
        else:
            students.append(row)
    scores = {
        (row[1], number): row[column] for row in students for column, (_, number) in assignments.items()
    }
    return Gradebook(assignments, points, scores, {row[1]: row[0] for row in students})
