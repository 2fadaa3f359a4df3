"""Slots that sleep leave their places to others, and take them back when they wake."""

import time

import pytest

from grader.batch.slots import SPARES, Slots
from tests.grader.batch.stand_in import Nothing, job, report, students


def test_those_that_sleep_leave_their_places_and_take_them_back(tiny_course, stand_in, monkeypatch):
    """Two slots fall asleep for good in their first jobs; the rest of the class does not wait."""
    monkeypatch.setattr("grader.batch.slots.has_room_for_a_spare", lambda: True)
    busy = []

    def behave(slot, job):
        busy.append(sum(each.is_busy and not each.asleep for each in stand_in.made))
        return Nothing if job.student in ("student-000", "student-001") else report()

    stand_in.behave = staticmethod(behave)
    with Slots(tiny_course, ["double"], "cpu", 2) as slots:
        results = slots.run(job(i) for i in range(20))
        monkeypatch.setattr(slots, "_watch", Looking())
        done = [next(results)[0].student for _ in range(18)]
        sleepers = [slot for slot in stand_in.made if slot.asleep]
        assert [slot.task.job.student for slot in sleepers] == ["student-000", "student-001"]
        for slot in sleepers:
            slot.say(report())
        done += students(results)
    assert len(set(done)) == 20
    assert len(stand_in.made) == 4
    assert max(busy) == 2


def test_spares_end_somewhere(tiny_course, stand_in, monkeypatch):
    monkeypatch.setattr("grader.batch.slots.has_room_for_a_spare", lambda: True)
    stand_in.behave = staticmethod(lambda slot, job: Nothing)
    watch = Looking(20)
    with Slots(tiny_course, ["double"], "cpu", 2) as slots:
        monkeypatch.setattr(slots, "_watch", watch)
        with pytest.raises(Enough):
            next(slots.run(job(i) for i in range(100)))
        assert len(stand_in.made) == 2 + 2 * SPARES


def test_without_memory_there_are_no_spares(tiny_course, stand_in, monkeypatch):
    monkeypatch.setattr("grader.batch.slots.has_room_for_a_spare", lambda: False)
    stand_in.behave = staticmethod(lambda slot, job: Nothing)
    with Slots(tiny_course, ["double"], "cpu", 2) as slots:
        monkeypatch.setattr(slots, "_watch", Looking(20))
        with pytest.raises(Enough):
            next(slots.run(job(i) for i in range(100)))
        assert len(stand_in.made) == 2


class Enough(Exception):
    """So often was looked."""


class Looking:
    """Finds everybody asleep who is in the same job as at the last look."""

    def __init__(self, most=1000):
        self._left = most
        self._seen = {}

    @property
    def next_look(self):
        return time.monotonic() + 0.01

    def look(self, slots):
        self._left -= 1
        if not self._left:
            raise Enough
        for slot in slots:
            slot.asleep = slot.is_busy and self._seen.get(slot.pid) is slot.task
            self._seen[slot.pid] = slot.task
