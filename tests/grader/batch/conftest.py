"""Slots without processes, for the tests of their queue."""

import pytest

from tests.grader.batch.stand_in import StandIn


@pytest.fixture
def stand_in(monkeypatch):
    own = type("Own", (StandIn,), {"made": []})
    monkeypatch.setattr("grader.batch.slots.Slot", own)
    return own
