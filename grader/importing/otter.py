"""Otter's masters: questions, solutions and tests stand between cells that say where they begin and end.

Such a cell is raw, or Markdown where an editor has no raw ones; its first line is
the marker and the rest YAML. A test is a code cell: what it gave when the master was
saved is what it must give, unless it asserts or defines a function of its own.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from grader.errors import CourseError
from grader.importing.cells import MasterCell
from grader.importing.markers import has_region, solution, stub
from grader.importing.parts import CellTest, Master, NotCarried, Question

_MARKER = re.compile(
    r"^#\s*(?P<edge>BEGIN|END|ASSIGNMENT)\s+(?P<what>QUESTION|PROMPT|SOLUTION|TESTS|CONFIG)\s*$"
)
_TEST_CONFIG = re.compile(
    r'^"""\s*#\s*BEGIN TEST CONFIG\s*\n(?P<yaml>.*?)\n"""\s*;?\s*#\s*END TEST CONFIG\s*\n?', re.DOTALL
)
_HIDDEN = re.compile(r"^#\s*HIDDEN\s*\n?", re.IGNORECASE)


@dataclass
class _Open:
    """A question that has begun."""

    where: str
    config: Mapping[str, Any]
    told: list[str] = field(default_factory=list)
    solutions: list[str] = field(default_factory=list)
    stubs: list[str] = field(default_factory=list)
    tests: list[tuple[MasterCell, str, Mapping[str, Any]]] = field(default_factory=list)


def is_otter(cells: Sequence[MasterCell]) -> bool:
    """Whether a cell is one of Otter's markers."""
    return any(_marker(cell) == "BEGIN QUESTION" for cell in cells)


def read_otter(name: str, cells: Sequence[MasterCell]) -> Master:
    """A master of Otter's, taken apart.

    Raises:
        CourseError: A question is not closed, or its YAML cannot be read.
    """
    reading = _Reading()
    for cell in cells:
        reading.take(cell)
    if reading.open is not None:
        raise CourseError(f"{reading.open.where}: the question is not closed; add a cell '# END QUESTION'.")
    return Master(name, tuple(reading.questions), tuple(reading.given), tuple(reading.left))


class _Reading:
    """How far a master is read."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self.given: list[str] = []
        self.left: list[NotCarried] = []
        self.open: _Open | None = None
        self._part = ""
        self._told: list[str] = []

    def take(self, cell: MasterCell) -> None:
        """Read one cell more."""
        marker = _marker(cell)
        if marker == "BEGIN QUESTION":
            if self.open is not None:
                raise CourseError(
                    f"{cell.where}: a question begins within '{self.open.where}'; close that first."
                )
            self.open = _Open(cell.where, _yaml(cell.lines[1:], cell.where), told=self._told)
            self._told = []
        elif marker == "END QUESTION":
            self._close(cell)
        elif marker.startswith("BEGIN "):
            self._part = marker.removeprefix("BEGIN ")
        elif marker.startswith("END "):
            self._part = ""
        elif marker == "":
            self._content(cell)

    def _content(self, cell: MasterCell) -> None:
        question = self.open
        if cell.kind == "markdown":
            if self._part != "SOLUTION":
                (question.told if question else self._told).append(cell.text)
        elif cell.kind != "code" or not cell.text.strip():
            return
        elif question is None:
            self.given.append(solution(cell.text, cell.where))
        elif self._part == "TESTS":
            code, config = _test_of(cell)
            question.tests.append((cell, code, config))
        elif self._part == "SOLUTION" or _has_solution(cell.text):
            question.solutions.append(solution(cell.text, cell.where))
            marked = _has_solution(cell.text)
            question.stubs.append(stub(cell.text, cell.where) if marked else "")
        elif self._part == "PROMPT":
            question.stubs.append(cell.text)
        else:
            self.given.append(cell.text)

    def _close(self, cell: MasterCell) -> None:
        question, self.open, self._part = self.open, None, ""
        if question is None:
            raise CourseError(
                f"{cell.where}: '# END QUESTION' closes nothing; take it out, or add its BEGIN."
            )
        name = str(question.config.get("name") or f"q{len(self.questions) + 1}")
        if question.config.get("manual"):
            why = "only what tests can mark is an exercise here; mark it elsewhere"
            self.left.append(NotCarried(question.where, f"{name}, which is marked by hand", why))
            return
        self.questions.append(
            Question(
                name,
                "\n\n".join(question.told),
                "\n\n".join(question.solutions),
                "\n\n".join(filter(None, question.stubs)),
                tuple(self._tests(question)),
            )
        )

    def _tests(self, question: _Open) -> Iterable[CellTest]:
        points = _points(question.config.get("points"), [config for _, _, config in question.tests])
        for (cell, code, config), worth in zip(question.tests, points, strict=True):
            made = _executable(code, cell)
            if made is None:
                what = "a test that compares what is printed"
                why = "write it as an assert about what the function returns"
                self.left.append(NotCarried(cell.where, what, why))
                continue
            title = str(config.get("failure_message") or "")
            yield CellTest(made, "" if config.get("hidden") else made, worth, title.partition("\n")[0])


def _marker(cell: MasterCell) -> str:
    """The marker that a cell is, such as 'BEGIN TESTS'; '' for every other cell."""
    if cell.kind == "code":
        return ""
    found = _MARKER.match(cell.lines[0].strip())
    return f"{found['edge']} {found['what']}" if found else ""


def _has_solution(text: str) -> bool:
    marked = re.search(r"#\s*SOLUTION( NO PROMPT)?\s*$", text, re.MULTILINE)
    return marked is not None or has_region(text, "SOLUTION")


def _yaml(lines: Sequence[str], where: str) -> Mapping[str, Any]:
    try:
        read = yaml.safe_load("\n".join(lines)) or {}
    except yaml.YAMLError:
        read = None
    if not isinstance(read, dict):
        raise CourseError(f"{where}: what stands below the marker is no YAML mapping such as 'name: q1'.")
    return read


def _test_of(cell: MasterCell) -> tuple[str, Mapping[str, Any]]:
    """A test's code, and what its author set for it."""
    if configured := _TEST_CONFIG.match(cell.text):
        config = _yaml(configured["yaml"].split("\n"), cell.where)
        return cell.text[configured.end() :].strip("\n"), config
    if hidden := _HIDDEN.match(cell.text):
        return cell.text[hidden.end() :].strip("\n"), {"hidden": True}
    return cell.text, {}


def _points(whole: object, tests: Sequence[Mapping[str, Any]]) -> list[float]:
    """What each test is worth: its own points, or an equal share of what is left of the question's."""
    if isinstance(whole, dict):
        whole = float(whole.get("each", 0)) * len(tests)
    if isinstance(whole, list):
        return [float(each) for each in whole[: len(tests)]] + [0.0] * (len(tests) - len(whole))
    own = [float(test["points"]) if test.get("points") is not None else None for test in tests]
    if whole is None and any(each is not None for each in own):
        return [each or 0.0 for each in own]
    left = (float(str(whole)) if whole is not None else 1.0) - sum(each or 0.0 for each in own)
    share = max(0.0, left) / max(1, own.count(None))
    return [round(share, 4) if each is None else each for each in own]


def _executable(code: str, cell: MasterCell) -> str | None:
    """A test as statements that raise where it fails; None if it only prints.

    Raises:
        CourseError: It is not Python.
    """
    try:
        body = ast.parse(code).body
    except SyntaxError as error:
        raise CourseError(f"{cell.where}: the test is not Python ({error.msg}); mend it there.") from None
    if len(body) == 1 and isinstance(body[0], ast.FunctionDef):
        arguments = ", ".join(each.arg for each in body[0].args.args)
        return f"{code}\n\n\n{body[0].name}({arguments})" if "env" not in arguments.split(", ") else None
    if body and isinstance(body[-1], ast.Expr) and (given := _given(cell)) is not None:
        last = body[-1]
        before = "\n".join(code.split("\n")[: last.lineno - 1])
        return f"{before}\nassert repr({ast.unparse(last.value)}) == {given!r}".strip("\n")
    if any(output.get("output_type") == "stream" for output in cell.outputs):
        return None
    return code


def _given(cell: MasterCell) -> str | None:
    """What the last expression of a cell was when the master was saved."""
    for output in cell.outputs:
        if output.get("output_type") == "execute_result":
            return str(output.get("data", {}).get("text/plain", "")) or None
    return None
