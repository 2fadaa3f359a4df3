"""How a program of ours is started that must not outlive whoever started it.

It gets a socket, over which both send each other frozen data, and a lifeline: a
pipe whose other end closes with the process that holds it, however that ends.
Not multiprocessing: any process can start one so, a cluster's daemonic one too.
Both ends stand here: `Program` for the one above, `hold` for the one below.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait

from grader.errors import GraderError


class Program:
    """A program that runs below this process.

    Args:
        module: What it runs: `python -m <module> SOCKET LIFELINE`.
        what: What it is, for the error.
        environment: Its environment; None for ours.
        apart: Whether it is in a session of its own, where a Ctrl-C for us is none for it.
        output: A descriptor for all that it writes; None leaves it where ours goes.

    Attributes:
        process: The process.
        socket: Our end of its socket.

    Raises:
        GraderError: It cannot be started.
    """

    def __init__(
        self,
        module: str,
        what: str,
        *,
        environment: Mapping[str, str] | None = None,
        apart: bool = False,
        output: int | None = None,
    ) -> None:
        self.socket, theirs = socket.socketpair()
        with theirs:
            lifeline, self._lifeline = os.pipe()
            command = [sys.executable, "-P", "-m", module, str(theirs.fileno()), str(lifeline)]
            try:
                with _interrupts_held():
                    self.process = subprocess.Popen(
                        command,
                        pass_fds=[theirs.fileno(), lifeline],
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=output,
                        env=environment,
                        start_new_session=apart,
                    )
            except OSError as error:
                self.socket.close()
                os.close(self._lifeline)
                raise GraderError(f"Python cannot be started for a {what}: {error}.") from error
            finally:
                os.close(lifeline)

    def let_go(self) -> None:
        """Close the lifeline; twice does no harm."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1


def hold(arguments: Sequence[str], patience: float) -> Connection:
    """Make this process end as a program that was started so must: deaf to Ctrl-C, and never alone.

    Args:
        arguments: Descriptors of the socket and of the lifeline.
        patience: How long tidying may take once whoever started it is gone.

    Returns:
        The socket.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's business
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, _stop)
    own, lifeline = map(int, arguments)
    for descriptor in (own, lifeline):
        os.set_inheritable(descriptor, False)  # what is started here has no business with them
    threading.Thread(target=_end_with, args=(lifeline, patience), daemon=True).start()
    return Connection(own)


def _end_with(lifeline: int, patience: float) -> None:
    """End this process soon after the one that started it, whatever it is doing."""
    wait([lifeline])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(patience)
    os._exit(1)  # the zygote's guard clears up, and the next grader removes folders


def _stop(number: int, frame: object) -> None:
    """End as Ctrl-C would, which pytest passes on: what was made here must not outlive it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the next one would cut the tidying short
    raise KeyboardInterrupt


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A process that is started here is deaf to Ctrl-C from its first moment; ours comes afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
