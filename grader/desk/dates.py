"""Moments as people say them: today, yesterday, or the day; in the time of the student's own clock."""

from __future__ import annotations

from datetime import datetime, timedelta


def when(moment: datetime, now: datetime) -> str:
    """`today 21:04`, `tomorrow 23:59`, else `Mon 30 Nov 23:59`, with the year if it is another."""
    moment, now = moment.astimezone(), now.astimezone()
    clock = moment.strftime("%H:%M")
    days = (moment.date() - now.date()) // timedelta(days=1)
    if days in (-1, 0, 1):
        return f"{('today', 'tomorrow', 'yesterday')[days]} {clock}"
    year = "" if moment.year == now.year else f" {moment.year}"
    return f"{moment:%a} {moment.day} {moment:%b}{year} {clock}"
