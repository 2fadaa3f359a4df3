"""From the words of course.toml to the policy that they mean.

Dates get their offset from UTC, defaults are filled in, and names are looked
up; whatever does not fit ends in one sentence that says what to write instead.
A student's name is not looked up: the class is known only when it hands in.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

from grader.course.manifest import CourseManifest
from grader.course.policy import DAYS, DEFAULT, WRITE_A_DATE, Extension, Policy, quoted
from grader.errors import CourseError, suggestion

END_OF_DAY = time(23, 59, 59)
"""When something is due of which only the day is said."""

YEARS = (2000, 2100)
"""Outside of these a year is a slip of the pen, and far enough inside what datetime can count with."""

MOST_DAYS = 366
"""Days of the longest extension: a year; more is a slip of the pen."""


def policy_of(manifest: CourseManifest, where: str) -> Policy:
    """The policy that a course.toml states.

    Args:
        manifest: What stands there, each value checked by itself.
        where: What messages call the file.

    Raises:
        CourseError: Values do not fit together, or name what is not there.
    """
    terms = _Terms(where, manifest.exercises, _zone(where, manifest.timezone))
    if manifest.drop_lowest >= len(manifest.exercises):
        raise CourseError(
            f"{where}: drop_lowest is {manifest.drop_lowest}; it must be less than the number of exercises, "
            f"{len(manifest.exercises)}."
        )
    dates = terms.dates(manifest.due)
    extensions = {
        student: terms.extension(student, table, dates) for student, table in manifest.extensions.items()
    }
    if manifest.late is not None and not dates and not extensions:
        raise CourseError(
            f"{where}: [late] says what being late costs, but nothing is due; add a table [due]."
        )
    return Policy(
        timezone=manifest.timezone,
        attempts=manifest.attempts,
        drop_lowest=manifest.drop_lowest,
        dates=dates,
        late=manifest.late,
        weights=terms.weights(manifest.weights),
        extensions=extensions,
    )


def _zone(where: str, name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name at all, a folder of names
        known = available_timezones()
    if not known:
        raise CourseError(
            f"{where}: timezone is {quoted(name)}, but this machine knows no time zones; "
            "install them with `pip install tzdata`."
        )
    raise CourseError(
        f"{where}: timezone is {quoted(name)}; allowed: a name such as 'Europe/Berlin' or 'UTC'."
        f"{suggestion(name, known)}"
    )


class _Terms:
    """Reads the tables of one course.toml."""

    def __init__(self, where: str, exercises: Sequence[str], zone: ZoneInfo | None) -> None:
        self._where, self._exercises, self._zone = where, exercises, zone

    def dates(self, table: Mapping[str, date]) -> dict[str, datetime]:
        """When each exercise is due that is due at all."""
        self._refuse_unknown("due", table, (DEFAULT,))
        given = {name: self._moment(f"due.{name}", value) for name, value in table.items()}
        found = {name: given.get(name, given.get(DEFAULT)) for name in self._exercises}
        return {name: moment for name, moment in found.items() if moment is not None}

    def extension(
        self, student: str, table: Mapping[str, object], dates: Mapping[str, datetime]
    ) -> Extension:
        """More time for `student`."""
        key = f"extensions.{student}"
        if not table:
            raise CourseError(f"{self._where}: [{key}] is empty; write days = 3, or a date for an exercise.")
        self._refuse_unknown(key, table, (DEFAULT, DAYS))
        given = {name: self._moment(f"{key}.{name}", value) for name, value in table.items() if name != DAYS}
        for name, moment in given.items():
            if name in dates and moment.timestamp() < dates[name].timestamp():
                raise CourseError(
                    f"{self._where}: {key}.{name} is before the class's date, {dates[name].isoformat()}; "
                    "an extension gives more time."
                )
        return Extension(
            days=self._days(key, table[DAYS], dates) if DAYS in table else 0,
            default=given.pop(DEFAULT, None),
            dates=given,
        )

    def weights(self, table: Mapping[str, float]) -> dict[str, float]:
        """What each exercise's full points count: of all exercises or of none."""
        self._refuse_unknown("weights", table, ())
        without = [name for name in self._exercises if name not in table]
        if table and without:
            raise CourseError(
                f"{self._where}: weights has none for {', '.join(without)}; "
                "give every exercise a weight, or none."
            )
        return dict(table)

    def _days(self, key: str, value: object, dates: Mapping[str, datetime]) -> int:
        if type(value) is not int or not 1 <= value <= MOST_DAYS:
            raise CourseError(
                f"{self._where}: {key}.{DAYS} is {quoted(value)}; "
                f"allowed: a whole number from 1 to {MOST_DAYS}."
            )
        if not dates:
            raise CourseError(
                f"{self._where}: {key}.{DAYS} moves the class's dates, but nothing is due; add a table [due]."
            )
        return value

    def _moment(self, key: str, value: object) -> datetime:
        """`value` with its offset from UTC; a day is its end."""
        if not isinstance(value, date):
            raise CourseError(f"{self._where}: {key}: {quoted(value)} is no date; {WRITE_A_DATE}.")
        if not YEARS[0] <= value.year <= YEARS[1]:
            raise CourseError(
                f"{self._where}: {key} is in the year {value.year}; allowed: {YEARS[0]} to {YEARS[1]}."
            )
        moment = value if isinstance(value, datetime) else datetime.combine(value, END_OF_DAY)
        if moment.tzinfo is not None:
            return moment.astimezone(self._zone) if self._zone else moment
        if self._zone is None:
            raise CourseError(
                f"{self._where}: {key} does not say in which time zone it is; add an offset, "
                f'such as {moment.isoformat()}+01:00, or timezone = "Europe/Berlin" at the top of the file.'
            )
        # Where the clock shows a time twice the later one is meant: nobody is late by an ambiguity.
        local = moment.replace(tzinfo=self._zone, fold=1).astimezone(UTC).astimezone(self._zone)
        if local.replace(tzinfo=None) != moment:
            raise CourseError(
                f"{self._where}: {key} is {moment.isoformat(' ')}, which no clock in {self._zone.key} shows: "
                "it is put forward past it; choose another time."
            )
        return local

    def _refuse_unknown(self, table: str, names: Iterable[str], others: Sequence[str]) -> None:
        """Every name must be an exercise or one of `others`."""
        for name in names:
            if name in others and name in self._exercises:
                raise CourseError(
                    f"{self._where}: {table}.{name} may mean the exercise '{name}' or something else; "
                    "give that exercise another name."
                )
            if name not in self._exercises and name not in others:
                allowed = (*self._exercises, *others)
                raise CourseError(
                    f"{self._where}: {table} names '{name}', which is no exercise of this course."
                    f"{suggestion(name, allowed)} Allowed here: {', '.join(allowed)}."
                )
