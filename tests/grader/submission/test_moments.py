"""Times as people write them: what counts, and what is not guessed."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from grader.submission.moments import LONGEST, NoMoment, moment, moment_in_name, placed

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-11-01T18:00:00+01:00", "2026-11-01T17:00:00"),
        (" 2026-11-01 18:00+0100\n", "2026-11-01T17:00:00"),
        ("2026-11-01t18:00:05z", "2026-11-01T18:00:05"),
        ("2026-11-01 18:00:05.250 UTC", "2026-11-01T18:00:05.250000"),
        ("2026-11-01 18:00:05.123456789 -09:30", "2026-11-02T03:30:05.123456"),
        ("2026-07-01T18:00", "2026-07-01T16:00:00"),  # summer
        ("2026-12-01T18:00", "2026-12-01T17:00:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00"),  # shown twice: the first
    ],
)
def test_a_time_that_is_understood(written: str, utc: str) -> None:
    assert moment(written, BERLIN).astimezone(UTC).replace(tzinfo=None).isoformat() == utc


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2026-11-01",
        "1.11.2026 18:00",
        "11/01/2026 6:00 PM",
        "2026-11-01T18",
        "18:00",
        "1762020000",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-11-01T18:00:00+01:00 or so",
        "2026-\uff11\uff11-01T18:00:00Z",
        "2026-11-01T18:00:00 CET",
        "2026-11-01T18:00:00." + "1" * LONGEST,
    ],
)
def test_what_is_no_time(written: str) -> None:
    with pytest.raises(NoMoment) as caught:
        moment(written, BERLIN)
    assert caught.value.why == "is no time such as 2026-11-01T18:00:00+01:00"


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-29T18:00Z",
        "2026-13-01T18:00Z",
        "2026-11-01T25:00Z",
        "2026-11-01T18:61Z",
        "2026-11-01T18:00:60Z",
        "2026-11-01T18:00+24:00",
        "2026-11-01T18:00+01:60",
    ],
)
def test_a_time_that_there_is_not(written: str) -> None:
    with pytest.raises(NoMoment) as caught:
        moment(written, BERLIN)
    assert caught.value.why == "is no time that there is"


def test_a_time_without_an_offset_needs_a_zone() -> None:
    with pytest.raises(NoMoment) as caught:
        moment("2026-11-01T18:00", None)
    assert caught.value.why == "has no offset from UTC such as +01:00, and the course has no timezone"
    assert moment("2026-11-01T18:00Z", None) == datetime(2026, 11, 1, 18, tzinfo=UTC)


def test_a_time_that_clocks_skip() -> None:
    with pytest.raises(NoMoment) as caught:
        moment("2026-03-29T02:30", BERLIN)
    assert caught.value.why == "is a time that clocks in Europe/Berlin skip"
    assert moment("2026-03-29T02:30+01:00", BERLIN)


def test_times_of_one_zone_differ_by_what_has_passed() -> None:
    early, late = moment("2026-10-25T01:00", BERLIN), moment("2026-10-25T04:00", BERLIN)
    assert late - early == timedelta(hours=4)


NAMES = {
    "2026-11-01T18:00:00+01:00": "2026-11-01T18:00:00+01:00",
    "2026-11-01T18-00-00Z": "2026-11-01T18:00:00+00:00",
    "2026-11-01T18-00-00": "2026-11-01T18:00:00",
    "2026-11-01_18-00": "2026-11-01T18:00:00",
    "2026-11-01 18.00.09": "2026-11-01T18:00:09",
    "20261101T180009Z": "2026-11-01T18:00:09+00:00",
    "2026-11-01T18-00-09+01-00": "2026-11-01T18:00:09+01:00",
    "2026-11-01 18:00:09.123456 UTC": "2026-11-01T18:00:09.123456+00:00",
    "2026-11-01T180009-0500": "2026-11-01T18:00:09-05:00",
    "2026-11-01": None,
    "20261101": None,
    "2026-11-01T99-00-00": None,
    "2026-02-30T10-00-00": None,
    "week 2026-11-01T18-00-00": None,
    "2026-11-01T18-00-00 final": None,
    "2026-11-01T18-00-00\n": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_time_in_the_name_of_a_folder(name: str) -> None:
    found = moment_in_name(name)
    assert (found and found.isoformat()) == NAMES[name]


def test_any_time_that_is_written_is_read_again() -> None:
    draw = random.Random(1)
    for _ in range(2000):
        time = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=draw.randrange(6_000_000_000))
        there = time.astimezone(draw.choice([UTC, BERLIN, ZoneInfo("Asia/Kathmandu")]))
        assert moment(there.isoformat(), None) == time
        for name in (there.isoformat(), there.isoformat().replace(":", "-", 2)):
            found = moment_in_name(name)
            assert found == time


def test_no_text_does_harm() -> None:
    draw = random.Random(2)
    for _ in range(20_000):
        written = "".join(draw.choices("0123456789-:.+TZ ", k=draw.randrange(1, 40)))
        moment_in_name(written)
        try:
            time = moment("2026-11-01T" + written, BERLIN)
        except NoMoment:
            continue
        assert placed(time, None) is time
        assert time.utcoffset() is not None
