"""A connection with a scheduler: one sentence for everything that can go wrong.

What TLS needs (certificates, keys) is read from dask's own configuration, where
people who run a cluster have it already. Whatever can be looked at before dask's
client is made is: one that could not be made right takes half a minute to end.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from grader.errors import UsageError

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 15
"""For one connection, in which a busy scheduler may take its time; a wrong address is told soon."""

EXAMPLE = "such as tcp://10.0.0.1:8786, or tls://10.0.0.1:8786 for one with certificates"


def check_installed() -> None:
    """Make sure that dask is there; imports none of it.

    Raises:
        UsageError: It is not.
    """
    if find_spec("distributed") is None:
        raise UsageError(
            "Grading on a cluster needs dask, which is not installed: pip install 'grader[cluster]'."
        )


def check_address(address: str) -> None:
    """Make sure that an address can be a scheduler's.

    Raises:
        UsageError: It cannot, or it asks for TLS and dask's configuration has none.
    """
    try:
        parts = urlsplit(address)
        complete = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    except ValueError:  # a port that is no number
        complete = False
    if not complete:
        raise UsageError(f"'{address}' is not the address of a scheduler; give one {EXAMPLE}.")
    if parts.scheme == "tls":
        _check_certificates(address)


def _check_certificates(address: str) -> None:
    from distributed import Security

    try:
        context = Security().get_connection_args("client").get("ssl_context")
    except OSError as error:  # a file that is not there, or holds something else
        raise UsageError(
            f"'{address}' asks for TLS, and what distributed.comm.tls names in dask's configuration cannot "
            f"be used ({error})."
        ) from None
    if context is None:
        raise UsageError(
            f"'{address}' asks for TLS, and dask's configuration has no certificates; set ca-file, "
            "client.cert and client.key under distributed.comm.tls, or DASK_DISTRIBUTED__COMM__TLS__CA_FILE "
            "and so on."
        )


def connect(address: str) -> Client:
    """A client of the scheduler at an address, such as 'tcp://10.0.0.1:8786'.

    Raises:
        UsageError: No scheduler is there.
    """
    from distributed import Client

    check_address(address)
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="grader")
    except OSError as error:
        said = " ".join(str(error).strip().splitlines()[:1]) or type(error).__name__
        raise UsageError(
            f"No scheduler answers at '{address}' ({said}); start one with `dask scheduler`, or mend the "
            "address."
        ) from None
