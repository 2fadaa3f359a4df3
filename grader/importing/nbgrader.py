"""nbgrader's masters: cells are told apart by metadata, solutions and hidden tests by markers.

An autograded answer is a question; the autograder tests after it are its tests. A
test cell is worth its points as one: what of it students see, and all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader.importing.cells import MasterCell
from grader.importing.markers import has_region, solution, stub, unmarked, without
from grader.importing.parts import CellTest, Master, NotCarried, Question


def is_nbgrader(cells: Sequence[MasterCell]) -> bool:
    """Whether a cell has nbgrader's metadata."""
    return any("nbgrader" in cell.metadata for cell in cells)


@dataclass
class _Reading:
    """How far a master is read."""

    questions: list[Question] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    left: list[NotCarried] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def leave(self, cell: MasterCell, what: str, why: str) -> None:
        self.left.append(NotCarried(cell.where, what, why))


def read_nbgrader(name: str, cells: Sequence[MasterCell]) -> Master:
    """A master of nbgrader's, taken apart.

    Raises:
        CourseError: A region of it is not closed.
    """
    reading = _Reading()
    for cell in cells:
        _read(cell, cell.metadata.get("nbgrader", {}), reading)
    return Master(name, tuple(reading.questions), tuple(reading.given), tuple(reading.left))


def _read(cell: MasterCell, told: Mapping[str, Any], reading: _Reading) -> None:
    grade, answer = bool(told.get("grade")), bool(told.get("solution"))
    if told.get("task") or (grade and answer):
        kind = "a task" if told.get("task") else "an answer"
        what = f"{kind} that is marked by hand ({told.get('grade_id', 'no id')})"
        reading.leave(cell, what, "only what tests can mark is an exercise here; mark it elsewhere")
    elif cell.kind == "markdown":
        if not answer:
            reading.told.append(cell.text)
    elif cell.kind != "code" or not cell.text.strip():
        pass  # nothing that anybody runs
    elif answer or (not grade and has_region(cell.text, "SOLUTION")):
        name = str(told.get("grade_id") or f"question {len(reading.questions) + 1}")
        handout, reading.told = "\n\n".join(reading.told), []
        parts = solution(cell.text, cell.where), stub(cell.text, cell.where)
        reading.questions.append(Question(name, handout, *parts))
    elif grade:
        _test(cell, told, reading)
    else:
        reading.given.append(cell.text)


def _test(cell: MasterCell, told: Mapping[str, Any], reading: _Reading) -> None:
    if not reading.questions:
        reading.leave(cell, "a test", "no question stands before it; move it behind the one that it tests")
        return
    if "### AUTOTEST" in cell.text or "### HASHED AUTOTEST" in cell.text:
        reading.leave(cell, "an AUTOTEST", "it is made into a test when nbgrader runs; write it as an assert")
    if has_region(cell.text, "MARK SCHEME"):
        reading.leave(cell, "a mark scheme", "it is for marks given by hand")
    text = without(cell.text, "MARK SCHEME", cell.where)
    shown = without(text, "HIDDEN TESTS", cell.where)
    test = CellTest(unmarked(text, cell.where), shown, float(told.get("points", 0)))
    last = reading.questions[-1]
    reading.questions[-1] = replace(last, tests=(*last.tests, test))
