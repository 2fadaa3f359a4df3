"""The server itself: one socket on the loopback, uvicorn behind it in a thread, and an end that is quick.

Signals are this process's own: Ctrl-C, `kill` and a terminal that closes are how
a server is meant to end, so each ends it in order, open connections included.
"""

from __future__ import annotations

import asyncio
import errno
import secrets
import signal
import socket
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

import uvicorn

from grader.errors import UsageError
from grader.serve.app import Bell, application, watch
from grader.serve.telling import Herald

HOST = "127.0.0.1"
"""No other address: marks are nothing for a network, and who needs them elsewhere has ssh."""

_SECRET_BYTES = 16

_CONNECTIONS = 200
"""At a time: six for each window, and nobody on this machine can take all files that may be open."""

_END_SECONDS = 2
"""For connections to end by themselves; they are told to."""


def serve(folder: Path, port: int, say: Callable[[str], None], *, show: bool = False) -> None:
    """Serve a run's folder until somebody ends it.

    Args:
        folder: The folder of reports; it need not be there yet.
        port: Where; 0 for any that is free.
        say: Told the link, once it can be opened.
        show: Whether the link is opened in a browser.

    Raises:
        UsageError: The port cannot be had.
    """
    with ExitStack() as stack:
        listening = stack.enter_context(_listening(port))
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        link = f"http://{HOST}:{listening.getsockname()[1]}/{secret}/"
        ended = stack.enter_context(_told_to_end())
        stack.enter_context(_Running(folder, secret, listening, ended))
        say(link)
        if show:
            stack.enter_context(_shown(link))
        ended.wait()


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        # One that was used a minute ago may be used again.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
            listening.listen(128)
        except OSError as error:
            reason = {
                errno.EADDRINUSE: "is in use",
                errno.EACCES: "is not for you to use",
            }.get(error.errno or 0, f"cannot be had ({error.strerror})")
            raise UsageError(f"Port {port} {reason}; name another one with --port, or 0 for any.") from None
        yield listening


@contextmanager
def _told_to_end() -> Iterator[Event]:
    """Set when somebody ends this process; who does so twice does not wait."""
    ended = Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def end(number: int, frame: object) -> None:
        ended.set()
        for each, handler in before.items():
            signal.signal(each, handler)

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, end)
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Running:
    """The server in a thread of its own: in the first thread it would take the signals for itself.

    Args:
        folder: The folder of reports.
        secret: What stands first in each path.
        listening: The socket.
        ended: Set when the thread ends, for whatever reason.
    """

    def __init__(self, folder: Path, secret: str, listening: socket.socket, ended: Event) -> None:
        self._herald, self._bell = Herald(folder), Bell()
        self._error: BaseException | None = None
        self._listening = listening
        self._ended = ended
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(self._herald, secret, self._bell),
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_level="error",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=_CONNECTIONS,
                timeout_graceful_shutdown=_END_SECONDS,
            )
        )
        self._thread = Thread(target=self._run, name="server")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True  # also where it has not yet begun
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stop)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as broken:  # noqa: BLE001 - it is raised again where the server was started
            self._error = broken
        finally:
            self._ended.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        watching = asyncio.create_task(watch(self._herald, self._bell))
        watching.add_done_callback(self._stop)  # pages that nobody brings up to date would deceive
        await self._server.serve([self._listening])
        self._bell.end()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    def _stop(self, _: object = None) -> None:
        self._bell.end()
        self._server.should_exit = True


@contextmanager
def _shown(link: str) -> Iterator[None]:
    """Have a browser open the link, by a page that only this user can read.

    The link itself would stand among the arguments of a process, where everybody on this machine can see it.
    """
    with tempfile.TemporaryDirectory(prefix="grader-") as private:
        page = Path(private) / "open.html"
        page.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={link}">\n')
        webbrowser.open(page.as_uri())
        yield
