"""A connection with a scheduler: one sentence for everything that can go wrong.

What TLS needs (certificates, keys) is read from dask's own configuration, where
people who run a cluster have it already.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from grader.errors import UsageError

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 15
"""For one connection, in which a busy scheduler may take its time; a wrong address is told soon."""


def check_installed() -> None:
    """Make sure that dask is there; imports none of it.

    Raises:
        UsageError: It is not.
    """
    if find_spec("distributed") is None:
        raise UsageError(
            "Grading on a cluster needs dask, which is not installed: pip install 'grader[cluster]'."
        )


def connect(address: str) -> Client:
    """A client of the scheduler at an address, such as 'tcp://10.0.0.1:8786'.

    Raises:
        UsageError: No scheduler is there.
    """
    from distributed import Client

    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="grader")
    except (OSError, TimeoutError) as error:
        said = str(error).strip().splitlines()[:1]
        raise UsageError(
            f"No scheduler answers at '{address}' ({' '.join(said) or type(error).__name__}); "
            "name one that runs, such as --scheduler tcp://10.0.0.1:8786."
        ) from None
    except (TypeError, ValueError, RuntimeError) as error:
        said = str(error).strip().splitlines()[:1]
        raise UsageError(
            f"'{address}' cannot be used as a scheduler's address ({' '.join(said)}); give one such as "
            "tcp://10.0.0.1:8786, or tls://10.0.0.1:8786 with distributed.comm.tls in dask's configuration."
        ) from None
