"""Folders that say when something was handed in, and the times that are read from them."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from grader.submission import Submission, open_folder
from tests.grader.submission.packing import NAMES, POINTS, put

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
STAMP = b"2026-11-01 12:00:00.000000 UTC\n"
METADATA = b'{"id": 1, "created_at": "2026-11-01T13:00:00.000000+01:00", "users": []}'


def opened(root: Path, **options: Any) -> dict[str, tuple[Submission, ...]]:
    with open_folder(root, NAMES, POINTS, **options) as found:
        return {student: found.read(student) for student in found.students}


def times(root: Path, student: str = "ada", **options: Any) -> list[datetime | None]:
    """For each attempt, when softmax was handed in."""
    return [each.bundles[0].submitted for each in opened(root, **options)[student]]


def hours(root: Path, student: str = "ada", **options: Any) -> list[float | None]:
    """The same, in hours after noon."""
    return [time and (time - NOON) / timedelta(hours=1) for time in times(root, student, **options)]


def told(root: Path, *rows: str, header: str = "student,time,exercise,attempt") -> Path:
    put(root / "submitted.csv", "\n".join([header, *rows]).encode())
    return root


def handed_in(root: Path, *attempts: str) -> Path:
    for name in attempts or ("",):
        put(root / "ada" / name / "softmax.py")
    return root


def aged(path: Path, time: datetime) -> Path:
    os.utime(path, (time.timestamp(), time.timestamp() + 0.5))
    return path
