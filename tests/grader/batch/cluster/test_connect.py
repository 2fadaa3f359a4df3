"""Addresses at which there is no scheduler end in one sentence each."""

import pytest

from grader.batch.cluster import connect as connections
from grader.batch.cluster.connect import connect
from grader.errors import UsageError


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr(connections, "CONNECT_SECONDS", 1)
    with pytest.raises(UsageError, match=r"^No scheduler answers at 'tcp://127\.0\.0\.1:1'.*"):
        connect("tcp://127.0.0.1:1")


@pytest.mark.parametrize("address", ["tls://127.0.0.1:1", "pigeon://there", "tcp://[", "tcp://there:port"])
def test_an_address_that_cannot_be_used(address, monkeypatch):
    monkeypatch.setattr(connections, "CONNECT_SECONDS", 1)
    with pytest.raises(UsageError, match="scheduler") as caught:
        connect(address)
    assert "\n" not in str(caught.value)
