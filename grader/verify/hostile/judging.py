"""From what can be seen of a run to outcomes, one for each attack and neighbour.

An attack held if nothing of it is where it should not be: no canary in a
report, none touched, no more points than allowed, reports that every program
reads, and nobody blamed but the student. Its own words can only speak against it.
"""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.report.files import folder_name
from grader.verdicts import Blame
from grader.verify.hostile.canaries import Canaries, tokens_in
from grader.verify.hostile.manifest import Attack, Neighbour
from grader.verify.hostile.pages import foreign

MOST_SECONDS = 25.0
"""What an exercise of 8 s may take at most: twice loading, a replay, kills, and a busy machine."""

MOST_BYTES = 1 << 20
"""More than this in one report file is a flood."""

_OF_THE_TEST = ("call", "expected", "missing", "leaf")
"""What the grader itself writes about a hidden test: the course decides whether students see it."""

_BREAKS_TEXT = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Outcome:
    """What came of one attack, one neighbour, or the class as a whole.

    Attributes:
        slug: Which.
        held: Whether it went as it must.
        happened: What was seen, in one line.
    """

    slug: str
    held: bool
    happened: str


@dataclass(frozen=True)
class Written:
    """What a batch wrote about one student.

    Attributes:
        staff: report.json, parsed; None if it is not there.
        student: student.json, parsed.
        text: report.txt.
        wrong: What no program could read, one phrase each.
    """

    staff: dict[str, Any] | None
    student: dict[str, Any] | None = None
    text: str = ""
    wrong: tuple[str, ...] = field(default=())


def read_written(out: Path, student: str) -> Written:
    """Read what was written about `student`, as strictly as any program might."""
    folder = out / "students" / folder_name(student)
    if not folder.is_dir():
        return Written(None)
    wrong: list[str] = []
    staff = _json(folder / "report.json", wrong)
    redacted = _json(folder / "student.json", wrong)
    text = (folder / "report.txt").read_bytes().decode("utf-8", "surrogateescape")
    wrong += [f"report.txt {told}" for told in unfit(text)]
    wrong += foreign(folder / "report.html")
    wrong += foreign(out / "staff" / f"{folder.name}.html")
    wrong += [
        f"{path.name} has {path.stat().st_size} bytes"
        for path in folder.iterdir()
        if path.stat().st_size > MOST_BYTES
    ]
    return Written(staff, redacted, text, tuple(wrong))


def _json(path: Path, wrong: list[str]) -> dict[str, Any]:
    content = path.read_bytes()
    if any(byte > 126 or (byte < 32 and byte != 10) for byte in content):
        wrong.append(f"{path.name} is not printable ASCII")

    def refuse(name: str) -> None:
        wrong.append(f"{path.name} holds {name}")

    try:
        data: dict[str, Any] = json.loads(content, parse_constant=refuse)
    except ValueError:
        wrong.append(f"{path.name} is not JSON")
        return {}
    return data


def unfit(text: str) -> Iterator[str]:
    """What in a text for people acts on what shows it, one phrase each."""
    active = {c for c in text if unicodedata.category(c) in _BREAKS_TEXT and c != "\n"}
    if active:
        yield f"holds {', '.join(f'U+{ord(c):04X}' for c in sorted(active)[:3])}"
    # Workflow commands of GitHub and Azure: read off the beginning of a line, after white space.
    if any(line.lstrip().startswith(("::", "##[", "##vso[")) for line in text.splitlines()):
        yield "has a line that a build server takes for a command"


def read_gradebook(out: Path, students: Iterable[str]) -> list[str]:
    """What is wrong with grades.csv, one phrase each."""
    try:
        with open(out / "grades.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return [f"grades.csv cannot be read ({type(error).__name__})"]
    count = len(list(students))
    wrong = [] if len(rows) == count + 1 else [f"grades.csv has {len(rows) - 1} rows for {count} students"]
    if any(len(row) != len(rows[0]) for row in rows):
        wrong.append("grades.csv has rows of different lengths")
    cells = [cell for row in rows for cell in row]
    wrong += [
        f"grades.csv has the formula {cell[:20]!r}" for cell in cells if cell.lstrip(" ").startswith(_FORMULA)
    ]
    wrong += [f"a cell of grades.csv {told}" for cell in cells for told in unfit(cell)]
    return wrong


def judge_attack(attack: Attack, student: str, written: Written, canaries: Canaries) -> list[str]:
    """What an attack got away with, one phrase each; empty if it held."""
    found = canaries.touched(student)
    if written.staff is None:
        return found if attack.absent else [*found, "there is no report about it"]
    found += _leaked(student, written, canaries)
    if not unmet(attack, written.staff):
        found += _forged(attack, written.staff)
        found += _unexpected(attack, written.staff)
    found += _broken(written.staff)
    return [*found, *written.wrong]


def unmet(attack: Attack, report: Mapping[str, Any]) -> list[str]:
    """The layers that an attack needs to be stopped and that were not there."""
    missing = report.get("environment", {}).get("missing", ())
    return [layer.value for layer in attack.needs if any(told.startswith(f"{layer}:") for told in missing)]


def _leaked(student: str, written: Written, canaries: Canaries) -> Iterator[str]:
    mine = canaries.own(student, "own")
    staff = tokens_in(_words(written.staff)) | tokens_in(written.text)
    for token, place in staff.items():
        if place == "confession":
            yield "it says that it succeeded"
        elif place != "input" and token != mine:
            yield f"it got hold of the canary '{place}'"
    if "input" in tokens_in(_words(written.student, _OF_THE_TEST)).values():
        yield "a hidden input reached the student's report"


def _words(data: object, without: Sequence[str] = ()) -> str:
    """All text in some parsed JSON, keys included, but for what stands under some keys."""
    match data:
        case str():
            return data
        case list():
            return "\n".join(_words(item, without) for item in data)
        case dict():
            return "\n".join(f"{k}\n{_words(v, without)}" for k, v in data.items() if k not in without)
        case _:
            return ""


def _forged(attack: Attack, report: Mapping[str, Any]) -> Iterator[str]:
    if report["score"] > attack.score:
        yield f"it got {report['score']:g} points, and may get {attack.score:g}"


def _broken(report: Mapping[str, Any]) -> Iterator[str]:
    for exercise in report["exercises"]:
        if exercise["seconds"] > MOST_SECONDS:
            yield f"{exercise['name']} took {exercise['seconds']:.0f} s"
        faults = [f for test in exercise["tests"] for f in test["findings"]] + exercise["findings"]
        detail = [fault.get("detail", "") for fault in faults if fault["code"] == "grader-fault"]
        if detail:
            yield f"the grader took the blame: {detail[0][:200]}"
        elif any(test["blame"] not in (Blame.NOBODY, Blame.STUDENT) for test in exercise["tests"]):
            yield "somebody else than the student was blamed"


def _unexpected(attack: Attack, report: Mapping[str, Any]) -> Iterator[str]:
    for exercise in report["exercises"]:
        if exercise["name"] != attack.exercise:
            continue
        if attack.verdicts and exercise["verdict"] not in attack.verdicts:
            yield f"it ended as '{exercise['verdict']}'"
        codes = codes_of(exercise)
        if attack.findings and not codes & set(attack.findings):
            yield f"its findings are {', '.join(sorted(codes)) or 'none'}, not {', '.join(attack.findings)}"


def codes_of(exercise: Mapping[str, Any]) -> set[str]:
    """The codes of all findings in an exercise's report."""
    tests = [finding["code"] for test in exercise["tests"] for finding in test["findings"]]
    return {*tests, *(finding["code"] for finding in exercise["findings"])}


def judge_neighbour(neighbour: Neighbour, here: Written, alone: Written) -> list[str]:
    """What was done to an honest neighbour, one phrase each."""
    if here.staff is None or alone.staff is None:
        return ["there is no report about the neighbour"]
    scores = {exercise["name"]: exercise["score"] for exercise in here.staff["exercises"]}
    found = [
        f"{name}: {scores.get(name)} points, not {score:g}"
        for name, score in neighbour.scores.items()
        if scores.get(name) != score
    ]
    differing = _difference(_timeless(alone.staff), _timeless(here.staff), "")
    return found + ([f"another report than alone, at {differing}"] if differing else []) + list(here.wrong)


def _timeless(data: object) -> object:
    match data:
        case list():
            return [_timeless(item) for item in data]
        case dict():
            return {key: _timeless(value) for key, value in data.items() if key != "seconds"}
        case _:
            return data


def _difference(first: object, second: object, where: str) -> str:
    """Where two pieces of parsed JSON differ, '' if nowhere."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        pairs = [(f"{where}.{key}", first[key], second[key]) for key in first]
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        pairs = [(f"{where}[{i}]", a, b) for i, (a, b) in enumerate(zip(first, second, strict=True))]
    else:
        return "" if first == second else f"{where}: {str(first)[:80]!r} became {str(second)[:80]!r}"
    return next((told for place, a, b in pairs if (told := _difference(a, b, place))), "")
