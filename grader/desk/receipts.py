"""The receipt of what was handed in: what, when, and digests that the report on it shows too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from grader import __version__
from grader.desk.handing_in import Package
from grader.findings import Frozen
from grader.report.about_files import short
from grader.report.files import strict
from grader.report.numbers import count
from grader.report.safe import safe_text


class ReceivedFile(Frozen):
    """A file that was handed in."""

    name: str = Field(description="Its name.")
    size: int = Field(ge=0, description="Its bytes.")


class ReceivedExercise(Frozen):
    """An exercise that was handed in."""

    name: str = Field(description="The exercise's name.")
    digest: str = Field(description="SHA-256 of the names and bytes of its files, as in the report.")
    files: tuple[ReceivedFile, ...] = Field(description="What is judged for it.")
    tests: str = Field(description="What came of the visible tests; '' where they were not run.")


class Receipt(Frozen):
    """What was handed in."""

    schema_version: Literal[1] = Field(default=1, description="Version of this model.")
    course: str = Field(description="The course's name.")
    student: str | None = Field(description="Who handed in, if that was asked.")
    packed: str = Field(description="When it was packed: ISO 8601, in UTC.")
    to: str = Field(description="The archive or folder that it went to.")
    size: int = Field(ge=0, description="Bytes of the archive.")
    digest: str = Field(description="SHA-256 of the archive, in hexadecimal digits.")
    exercises: tuple[ReceivedExercise, ...] = Field(description="What is in it, in the course's order.")
    warnings: tuple[str, ...] = Field(description="What is not in it, and other things to know.")
    grader: str = Field(default=__version__, description="Version of the grader.")


def receipt_of(
    package: Package,
    place: Path,
    now: datetime,
    tests: Mapping[str, str],
    warnings: tuple[str, ...],
    *,
    course: str,
    student: str | None,
) -> Receipt:
    """The receipt of a package that went to `place`, with what came of its tests, by exercise."""
    return Receipt(
        course=course,
        student=student,
        packed=now.isoformat(),
        to=str(place),
        size=len(package.archive),
        digest=hashlib.sha256(package.archive).hexdigest(),
        exercises=tuple(
            ReceivedExercise(
                name=bundle.exercise,
                digest=bundle.digest,
                files=tuple(ReceivedFile(name=file.name, size=len(file.content)) for file in bundle.files),
                tests=tests.get(bundle.exercise, ""),
            )
            for bundle in package.read
        ),
        warnings=warnings,
    )


def as_json(receipt: Receipt) -> str:
    """The receipt for programs, in ASCII: a terminal may show it, whatever files are called."""
    return json.dumps(strict(receipt.model_dump(mode="json")), ensure_ascii=True, allow_nan=False, indent=1)


def as_lines(receipt: Receipt) -> list[str]:
    """The receipt for people: one thing a line, without tables, so that it is the same everywhere."""
    packed = datetime.fromisoformat(receipt.packed).astimezone(UTC)
    lines = [
        f"Receipt: {safe_text(receipt.course)}",
        *([f"Student: {safe_text(receipt.student)}"] if receipt.student else []),
        f"Packed: {packed:%Y-%m-%d %H:%M:%S} UTC",
        f"To: {safe_text(receipt.to, 1000)}",
        f"Size: {count(receipt.size, 'byte')}",
        f"SHA-256: {safe_text(receipt.digest)}",
    ]
    for exercise in receipt.exercises:
        tests = f", {safe_text(exercise.tests)}" if exercise.tests else ""
        lines += ["", f"{safe_text(exercise.name)}: digest {short(exercise.digest)}{tests}"]
        lines += [f"  {safe_text(file.name)}, {count(file.size, 'byte')}" for file in exercise.files]
    if receipt.warnings:
        lines += ["", *(f"Note: {safe_text(each, 1000)}" for each in receipt.warnings)]
    return [*lines, "", "The report on your work shows the same digests."]
