"""Start the zygote, and have it fork and end workers.

The zygote is a fresh `exec` with a cleaned environment: it never saw a test, a
reference or a path of the course. It is started without waiting, so that its
import of torch runs beside the judge's own work. If something kills it (a
student's code may try), it is started again. What it says is decoded like
everything else from the far side; if it says something odd, it is killed.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic as _now
from types import TracebackType
from typing import IO, Protocol, Self

from grader.errors import IsolationError, WireError
from grader.sandbox.policy import zygote_environment
from grader.student.line import Line
from grader.wire.caps import Caps
from grader.wire.frames import FrameReader, decode_notice, frame
from grader.wire.messages import End, Ended, Fork, Forked, Notice, Order, Ready

START_SECONDS = 120.0
"""Importing torch takes 1.5 s here, and a minute on a cold network disk."""
FORK_SECONDS = 30.0
"""A fork takes 10 ms; a machine that is swapping may need seconds."""
END_SECONDS = 30.0
"""Killing and reaping hundreds of processes takes less than a second."""
CLOSE_SECONDS = 5.0
"""The zygote ends when its socket closes; after that it is killed."""


class WorkerLimits(Protocol):
    """What a worker is limited to; `grader.course.Limits` is one."""

    @property
    def memory_mb(self) -> int:
        """Memory beyond what torch itself takes, in MiB."""

    @property
    def file_mb(self) -> int:
        """The largest file, in MiB."""

    @property
    def return_mb(self) -> int:
        """The largest answer, in MiB."""

    @property
    def return_items(self) -> int:
        """The most values in an answer."""

    @property
    def return_depth(self) -> int:
        """How deep an answer may be nested."""

    @property
    def output_kb(self) -> int:
        """How much of what is printed is kept, in KiB."""


class ZygoteDied(Exception):
    """The zygote is gone, and its workers with it."""


class Zygote:
    """The far side's first process.

    Args:
        warm: Have it import early what torch would import late: slower to
            start, faster for every worker. For more than a few workers.
    """

    def __init__(self, warm: bool = False):
        self._warm = warm
        self._generation = 0
        self._started = False
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket
        self._errors: IO[bytes]
        self._scratch = Path(tempfile.mkdtemp(prefix="grader-"))
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fork(self, limits: WorkerLimits, device: str) -> Line:
        """A fresh worker, confined and waiting for its first request.

        Args:
            limits: What it is held to.
            device: The device that its calls will use, 'cpu' or 'cuda'.

        Raises:
            IsolationError: No worker could be had.
        """
        for again in (False, True):
            if again:
                # A worker may have killed it on its way out; a second time is no accident.
                self._start()
            try:
                return self._fork(limits, device)
            except ZygoteDied:
                continue
        self._kill()
        raise IsolationError(f"The process that starts workers does not work.{self._last_words()}")

    def end(self, line: Line) -> Ended | None:
        """Kill a worker with everything that it started, and remove its folder.

        Returns:
            How it had ended by itself, if it had; None if the zygote is gone too.
        """
        try:
            if line.generation != self._generation:
                return None  # its zygote was restarted, and took it along
            return self._ended(line)
        finally:
            line.close()
            shutil.rmtree(line.scratch, ignore_errors=True)

    def close(self) -> None:
        """End the zygote and all of its workers."""
        if self._process is None:
            return
        self._channel.close()
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
        self._errors.close()
        self._process = None
        shutil.rmtree(self._scratch, ignore_errors=True)

    # --- starting -----------------------------------------------------------

    def _start(self) -> None:
        if self._process is not None:
            self._kill()
            self._channel.close()
            self._errors.close()
        self._generation += 1
        self._started = False
        self._reader = FrameReader(Caps(payload_bytes=0))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-I", "-m", "grader.worker.zygote", "--socket", str(theirs.fileno())]
            try:
                self._process = subprocess.Popen(
                    command + ["--warm"] * self._warm,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._errors,
                    env=zygote_environment(os.environ),
                    cwd="/",
                    start_new_session=True,  # a Ctrl-C in the terminal is the judge's to handle
                )
            except OSError as error:
                ours.close()
                self._errors.close()
                shutil.rmtree(self._scratch, ignore_errors=True)
                raise IsolationError(f"Python cannot be started for the far side: {error}.") from error
        self._channel = ours

    def _kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def _last_words(self) -> str:
        """The last line that it wrote, for whoever runs the grader."""
        self._errors.seek(0)
        lines = self._errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        return f" It said: {lines[-1].strip()}" if lines else ""

    # --- orders ---------------------------------------------------------------

    def _fork(self, limits: WorkerLimits, device: str) -> Line:
        scratch = Path(tempfile.mkdtemp(dir=self._scratch))
        order = Fork(
            scratch=str(scratch),
            memory_mb=limits.memory_mb,
            file_mb=limits.file_mb,
            device=device,
            return_mb=limits.return_mb,
            return_items=limits.return_items,
            return_depth=limits.return_depth,
        )
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        try:
            with theirs:
                try:
                    self._send(order, [theirs.fileno(), writing])
                finally:
                    os.close(writing)
            seconds = FORK_SECONDS if self._started else START_SECONDS
            forked = self._notice(seconds)
            if not isinstance(forked, Forked):
                raise ZygoteDied
        except BaseException:
            ours.close()
            os.close(reading)
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        self._started = True
        caps = Caps(
            payload_bytes=limits.return_mb << 20, items=limits.return_items, depth=limits.return_depth
        )
        line = Line(ours, reading, forked.pid, self._generation, scratch, caps, limits.output_kb << 10)
        return self._ready(line)

    def _ready(self, line: Line) -> Line:
        """Wait until the worker says that it is confined."""
        try:
            answer, _ = line.receive(_now() + FORK_SECONDS)
            if not isinstance(answer, Ready):
                raise WireError("A worker began with something else than Ready.")
        except Exception as error:
            self.end(line)
            said = line.output.text().strip().splitlines()
            because = said[-1] if said else str(error) or type(error).__name__
            raise IsolationError(f"A worker could not be confined: {because}") from error
        line.layers = answer.layers
        return line

    def _ended(self, line: Line) -> Ended | None:
        try:
            self._send(End(line.pid))
            notice = self._notice(END_SECONDS)
        except ZygoteDied:
            self._start()
            return None
        if not isinstance(notice, Ended) or notice.pid != line.pid:
            self._start()
            return None
        return notice

    def _send(self, order: Order, descriptors: list[int] | None = None) -> None:
        data = b"".join(frame(order))  # well under a page: one send takes it all
        self._channel.settimeout(FORK_SECONDS)
        try:
            socket.send_fds(self._channel, [data], descriptors or [])
        except OSError as error:
            raise ZygoteDied from error

    def _notice(self, seconds: float) -> Notice:
        """The zygote's answer to an order."""
        deadline = _now() + seconds
        try:
            while (found := self._reader.next()) is None:
                self._channel.settimeout(max(deadline - _now(), 0.001))
                data = self._channel.recv(1 << 16)
                if not data:
                    raise ZygoteDied
                self._reader.feed(data)
            return decode_notice(found[0])
        except (OSError, WireError) as error:  # a time-out is an OSError
            raise ZygoteDied from error
