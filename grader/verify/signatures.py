"""Whether everybody means the same call: manifest, stub, reference and accepted solutions.

The manifest's `signature` is what the handout promises. Stub and reference have
exactly that: names, order, kinds and defaults of parameters. An accepted solution is
free where a call by the contract works all the same, as a student is: required
arguments come by position, so their names are its own; the others come by name, so
those names must be there; what it takes beyond that must have a default. Only the
text is read. Where that doesn't tell (an object made by a helper), an accepted
solution is left to the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from grader.course import Course, Exercise
from grader.report.numbers import count
from grader.verify.parameters import Signature, promised, refusal, signatures
from grader.verify.report import Claim, Row, Standing
from grader.verify.sources import parsed, shown

Signatures = Mapping[str, Signature]


class Wrong(NamedTuple):
    """A signature that is not as it must be: where it stands, and why."""

    name: str
    path: Path
    line: int
    sentence: str


def rows(course: Course, exercise: Exercise) -> Iterator[Row]:
    """A row for each signature that is not as it must be; one row if all are.

    Raises:
        CourseError: A file cannot be read, or is not Python.
    """
    accepted = sorted((exercise.reference or Path()).glob("accepted/*.py")) if exercise.reference else []
    wrong = list(_wrong(course, exercise, accepted))
    for each in wrong:
        yield Row(
            exercise=exercise.name,
            claim=Claim.SIGNATURE,
            what=each.name,
            standing=Standing.FAILS,
            sentence=each.sentence,
            file=shown(course, each.path),
            line=each.line,
        )
    if not wrong:
        yield Row(
            exercise=exercise.name,
            claim=Claim.SIGNATURE,
            standing=Standing.HOLDS,
            sentence=_all_is_well(exercise, accepted),
            file=shown(course, exercise.stub),
        )


def _all_is_well(exercise: Exercise, accepted: list[Path]) -> str:
    names = [spec.name for spec in exercise.entry_points]
    untold = sum(any(name not in _of(path, names) for name in names) for path in accepted)
    told = f"; {count(len(accepted) - untold, 'accepted solution')} can be called so" if accepted else ""
    rest = f", {untold} more only running would tell" if untold else ""
    whose = "stub and reference have" if exercise.reference else "the stub has"
    return f"{whose} the signature of {' and '.join(names)} that the manifest promises{told}{rest}"


def _wrong(course: Course, exercise: Exercise, accepted: list[Path]) -> Iterator[Wrong]:
    manifest = exercise.folder / "exercise.toml"
    asked: dict[str, Signature] = {}
    for spec in exercise.entry_points:
        try:
            asked[spec.name] = promised(spec.signature)
        except SyntaxError:
            sentence = f"the signature '{spec.signature}' is not written as Python would take it"
            yield Wrong(spec.name, manifest, _line_of(spec.signature, manifest), sentence)
    stub, promises = _of(exercise.stub, asked), f"{shown(course, manifest)} promises"
    yield from _unlike(asked, stub, exercise.stub, promises)
    if exercise.reference is not None:
        solution = exercise.reference / "solution.py"
        found, methods = (
            _of(solution, asked),
            {name: each for name, each in stub.items() if name not in asked},
        )
        yield from _unlike(asked, found, solution, promises)
        yield from _unlike(methods, found, solution, f"{shown(course, exercise.stub)} has")
    for path in accepted:
        for name, each in _of(path, asked).items():
            if name in asked and (why := refusal(each, asked[name])):
                sentence = f"{each} cannot be called as {asked[name]}: {why}"
                yield Wrong(f"accepted: {path.stem}", path, each.line, sentence)


def _unlike(wanted: Signatures, found: Signatures, path: Path, whose: str) -> Iterator[Wrong]:
    for name, each in wanted.items():
        if name not in found:
            yield Wrong(
                name, path, 1, f"{path.name} defines no {name} whose parameters can be read; {whose} {each}"
            )
        elif found[name].parameters != each.parameters:
            yield Wrong(name, path, found[name].line, f"{found[name]} is not {each}, which {whose}")


def _of(path: Path, names: Mapping[str, object] | list[str]) -> dict[str, Signature]:
    return signatures(parsed(path), names)


def _line_of(text: str, path: Path) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((at for at, line in enumerate(lines, start=1) if text in line), 1)
