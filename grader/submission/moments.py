"""Times as people and programs write them, read strictly.

A time that could mean two things decides over late or not, so nothing is
guessed: a date without a time of day is none, and one without an offset counts
only where the course says in which zone its clocks are. Everything that comes
out of here has an offset from UTC and comes from this century or the next, so
that no comparison of two of them can fail.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

LONGEST = 64
"""Characters of a time; '2026-11-01 18:00:00.123456789 +01:00' has 37."""

_WRITTEN = re.compile(
    r"(?P<date>2[01]\d\d-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)"
    r" ?(?P<offset>Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
"""ISO 8601, and what nbgrader writes: '2026-11-01 18:00:00.123456 UTC'."""

_IN_A_NAME = re.compile(
    r"(?P<date>2[01]\d\d-?\d\d-?\d\d)[T _](?P<time>\d\d[-:._]?\d\d(?:[-:._]?\d\d(?:\.\d{1,9})?)?)"
    r"[ _]?(?P<offset>Z|UTC|GMT|\+\d\d[-:.]?\d\d|-\d\d[:.]?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
"""The same in the name of a folder, where Windows allows no colon: '2026-11-01T18-00-00Z'."""


class NoMoment(Exception):
    """What was written is no time that can be relied on, and why.

    Attributes:
        why: A clause that begins with 'is' or 'has'.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def moment(written: str, zone: tzinfo | None) -> datetime:
    """The time that a text says, with its offset from UTC.

    Args:
        written: Such as '2026-11-01T18:00:00+01:00' or '2026-11-01 17:00 UTC'.
        zone: Where the clock is if no offset is written.

    Raises:
        NoMoment: It is no time, or has no offset and no zone is known.
    """
    text = written.strip()
    found = _WRITTEN.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise NoMoment("is no time such as 2026-11-01T18:00:00+01:00")
    return placed(_plain(found), zone)


def moment_in_name(name: str) -> datetime | None:
    """The time that a folder is named after, or None; without an offset where none is written."""
    found = _IN_A_NAME.fullmatch(name) if len(name) <= LONGEST else None
    if found is None:
        return None
    try:
        return _plain(found)
    except NoMoment:
        return None


def placed(plain: datetime, zone: tzinfo | None) -> datetime:
    """A time with its offset.

    In the hour that a clock shows twice in autumn the first one is meant: it is the kinder one.

    Raises:
        NoMoment: It has none and no zone is known, or the zone's clocks skip it.
    """
    if plain.utcoffset() is not None:
        return plain
    if zone is None:
        raise NoMoment("has no offset from UTC such as +01:00, and the course has no timezone")
    there = plain.replace(tzinfo=zone)
    if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != plain:
        raise NoMoment(f"is a time that clocks in {zone} skip")
    # Two times of one zone are compared and subtracted by the hands of its clock, as if no hour were shown
    # twice; with an offset they are compared as moments.
    return plain.replace(tzinfo=timezone(there.utcoffset() or timedelta(0)))


def _plain(found: re.Match[str]) -> datetime:
    date = found["date"].replace("-", "")
    digits = re.sub(r"\D", "", found["time"])
    try:
        plain = datetime.strptime(date + digits[:6].ljust(6, "0"), "%Y%m%d%H%M%S")
        return plain.replace(microsecond=int(digits[6:12].ljust(6, "0")), tzinfo=_offset(found["offset"]))
    except ValueError:
        raise NoMoment("is no time that there is") from None


def _offset(written: str | None) -> tzinfo | None:
    if written is None:
        return None
    if written[0] not in "+-":
        return UTC
    digits = re.sub(r"\D", "", written)
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if int(digits[2:]) > 59:
        raise ValueError(written)
    return timezone(ahead if written[0] == "+" else -ahead)
