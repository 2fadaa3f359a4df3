"""Addresses at which there is no scheduler end in one sentence each."""

import dask
import pytest

from grader.batch.cluster import connect as connections
from grader.batch.cluster.connect import connect
from grader.errors import UsageError


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tcp://no.such.host.invalid:8786"])
def test_nobody_answers(monkeypatch, address):
    monkeypatch.setattr(connections, "CONNECT_SECONDS", 0.5)
    with pytest.raises(UsageError, match=r"^No scheduler answers at ") as caught:
        connect(address)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["", "10.0.0.1:8786", "pigeon://there:1", "tcp://[", "tcp://there:port", "tcp://there", "inproc://1"],
)
def test_what_is_no_address_is_refused_before_anything_is_tried(address):
    with pytest.raises(UsageError, match="is not the address of a scheduler; give one such as tcp://"):
        connect(address)


def test_tls_without_certificates_says_where_they_belong():
    with pytest.raises(UsageError, match=r"under distributed\.comm\.tls"):
        connect("tls://127.0.0.1:1")


def test_certificates_that_cannot_be_read_are_named(tmp_path):
    (tmp_path / "cert.pem").write_text("no certificate")
    place = "distributed.comm.tls."
    names = ("ca-file", "client.cert", "client.key")
    for file in ("cert.pem", "absent.pem"):
        configured = {f"{place}{name}": str(tmp_path / file) for name in names}
        with dask.config.set(configured), pytest.raises(UsageError, match="cannot be used"):
            connect("tls://127.0.0.1:1")
