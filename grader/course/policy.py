"""What a course agreed on with its class: dates, lateness, attempts, weights.

Plain data, read from `course.toml` (see `terms`), that says when an exercise is
due for a student and what it costs to be late. Every moment has its offset from
UTC. How points become a mark by it is the business of the chapter `marks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, InstanceOf

from grader.findings import Frozen

DEFAULT = "default"
"""The key of a date that holds for every exercise without one of its own."""

DAYS = "days"
"""The key of an extension that moves every date of the class by so many days."""

WRITE_A_DATE = "write one without quotes, such as 2026-11-01T23:59:00+01:00"

LONGEST_VALUE = 60
"""Characters of a wrong value that a sentence quotes: enough to find it in the file."""


class Attempts(StrEnum):
    """Which of several attempts at an exercise counts."""

    LATEST = "latest"
    BEST = "best"


class LateShare(StrEnum):
    """What a late day takes a share of."""

    SCORE = "score"
    MAXIMUM = "maximum"


def _moment(value: object) -> object:
    if isinstance(value, date):  # a datetime is one too
        return value
    raise ValueError(f"{quoted(value)} is no date; {WRITE_A_DATE}")


def _extension(value: object) -> object:
    if isinstance(value, dict):  # what TOML makes of [extensions.ada.lovelace]
        raise ValueError(
            "no table may stand here; a student's name with dots in it needs quotes, "
            'such as [extensions."ada.lovelace"]'
        )
    return value


def quoted(value: object) -> str:
    """A wrong value as a sentence shows it: never more than a line."""
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


Moment = Annotated[InstanceOf[date], BeforeValidator(_moment)]
"""A date or a date with a time as TOML writes them, with or without an offset."""

ExtensionValue = Annotated[object, BeforeValidator(_extension)]
"""A moment, or a number of days: `terms` looks, because it depends on the key."""

Weight = Annotated[float, Field(strict=True, gt=0, le=1_000_000, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, gt=0, le=1, allow_inf_nan=False)]


class Late(Frozen):
    """What being late costs: the table `[late]` of course.toml."""

    per_day: Share = Field(description="Share taken off for each day begun.")
    of: LateShare = Field(default=LateShare.SCORE, description="Of the points earned, or of those to be had.")
    cap: Share = Field(default=1, description="The most that is taken off, as a share of the same.")
    grace_minutes: Annotated[int, Field(strict=True, ge=0, le=10_080)] = Field(
        default=0, description="Minutes after the due date that count as in time; a week at most."
    )
    file_dates: bool = Field(
        default=False,
        strict=True,
        description="Whether a file's date says when it was handed in, where nothing better does.",
    )

    @property
    def grace(self) -> timedelta:
        """The time after a due date that counts as in time."""
        return timedelta(minutes=self.grace_minutes)


class Extension(Frozen):
    """More time for one student."""

    days: int = Field(default=0, ge=0, description="Days that every date of the class is moved by.")
    default: datetime | None = Field(
        default=None, description="When all is due that has a date of the class, and none below."
    )
    dates: Mapping[str, datetime] = Field(default={}, description="When single exercises are due.")


@dataclass(frozen=True)
class Due:
    """When an exercise is due for a student.

    Attributes:
        at: The last moment that is in time, before any grace; it has its offset from UTC.
        extended: Whether this student has more time than the class.
    """

    at: datetime
    extended: bool


class Policy(Frozen):
    """All that a course agreed on with its class; by default nothing, and points are marks."""

    timezone: str | None = Field(default=None, description="IANA name; dates without an offset are in it.")
    attempts: Attempts = Field(default=Attempts.LATEST, description="Which of several attempts counts.")
    drop_lowest: int = Field(default=0, ge=0, description="Exercises left out of the final mark.")
    dates: Mapping[str, datetime] = Field(default={}, description="When exercises are due for the class.")
    late: Late | None = Field(default=None, description="What being late costs; None if nothing.")
    weights: Mapping[str, float] = Field(
        default={}, description="What full points of an exercise count; empty where points are summed."
    )
    extensions: Mapping[str, Extension] = Field(default={}, description="More time, by student.")

    @property
    def zone(self) -> ZoneInfo | None:
        """The course's time zone, if it has one."""
        return ZoneInfo(self.timezone) if self.timezone else None

    @property
    def file_dates(self) -> bool:
        """Whether a file's date may say when it was handed in."""
        return self.late is not None and self.late.file_dates

    def due(self, student: str, exercise: str) -> Due | None:
        """When `exercise` is due for `student`; None if it never is.

        An extension never shortens: the later of the class's date and the student's counts,
        and what is never due for the class is due for one student only if a date names it.
        """
        base, extension = self.dates.get(exercise), self.extensions.get(student)
        if extension is None:
            return None if base is None else Due(base, extended=False)
        own = extension.dates.get(exercise)
        if base is None:
            return None if own is None else Due(own, extended=True)
        own = own or extension.default
        # Arithmetic on a datetime of a zone is that of the clock on the wall: 23:59 stays 23:59
        # in the night in which summer time ends. Of a time that is shown twice there the later one is
        # meant, and one that is skipped becomes the one after: fold is what tells them apart.
        moved = base + timedelta(days=extension.days)
        meant = (moved, moved.replace(fold=1), *([own] if own else []))
        latest = max(meant, key=datetime.timestamp)
        return Due(latest, extended=latest.timestamp() > base.timestamp())
