"""Start the zygote, and have it fork and end workers.

The zygote is a fresh `exec` with a cleaned environment: it never saw a test, a
reference or a path of the course. It is started without waiting, so that its
import of torch runs beside the judge's own work. If something kills it, or a
worker of it that is not yet confined (a student's code may try both), it is
started again, once. A warm zygote always has one more worker ready than was
asked for, and ends those that nobody needs any more beside the judge's own work.
"""

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic as _now
from types import TracebackType
from typing import IO, Self

from grader.errors import IsolationError, WireError
from grader.sandbox.layers import LayerFound, Posture, posture
from grader.sandbox.policy import Confinement, zygote_environment
from grader.sandbox.remains import Folder, remove, sweep_folders, sweep_groups
from grader.student.begun import Begun, Terms, WorkerLimits
from grader.student.conditions import USUAL, Conditions
from grader.student.line import Closed, Line
from grader.student.orders import FORK_SECONDS, Orders, ZygoteDied
from grader.verdicts import Layer
from grader.wire.messages import End, Ended, Fork, Forked, Notice, Ready, Survey, Surveyed, Trade

ANYTHING = Confinement()
"""Every layer that can be had, and none that must be."""

CLOSE_SECONDS = 10.0
"""The zygote ends when its socket closes, or its guard ends it; after that both are killed."""


class ForkFailed(ZygoteDied):
    """The system does not let the zygote fork, or something killed the worker before it was confined."""


class Zygote:
    """The far side's first process.

    Args:
        warm: Have it import early what torch would import late: slower to
            start, faster for every worker. For more than a few workers: one
            is always kept ready.
        confinement: The layers of isolation that its workers are to have.
        cuda: Whether its workers may use CUDA devices.
        conditions: What they find, where it is not the usual.
        simulated: Whether they will use the simulated device, so that it is loaded early.
        trade: What they are for.

    Attributes:
        cpu_seconds: What all the workers took whose end is known.
        heeds: A descriptor: once it is readable, waits for workers are cut off; None for none.
    """

    def __init__(
        self,
        warm: bool = False,
        confinement: Confinement = ANYTHING,
        cuda: bool = False,
        conditions: Conditions = USUAL,
        simulated: bool = False,
        trade: Trade = "student code",
    ):
        self.cpu_seconds = 0.0
        self.heeds: int | None = None
        self._arguments = ["--layers", ",".join(layer for layer in Layer if layer in confinement.wanted)]
        self._arguments += ["--warm"] * warm + ["--cuda"] * cuda + ["--simulated"] * simulated
        self._arguments += ["--trade", trade, *conditions.options()]
        self._confinement = confinement
        self._posture: Posture | None = None
        self._surveyed = False
        self._warm = warm
        self._generation = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: Orders
        self._errors: IO[bytes]
        self._terms: Terms | None = None
        self._standby: Begun | None = None
        self._folder: Folder | None = None
        self._start()
        sweep_folders()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def posture(self) -> Posture:
        """The layers of isolation that workers have here; waits until the far side knows.

        Raises:
            IsolationError: The far side does not start, or has other layers than it had at first.
        """
        if self._posture is None or not self._surveyed:
            notice = self._survey()
            found = posture(LayerFound(Layer(each.name), each.on, each.detail) for each in notice.layers)
            if self._posture is not None and self._posture.on != found.on:
                raise IsolationError("The layers of isolation changed while the grader was running.")
            self._posture, self._surveyed = found, True
        return self._posture

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
                line = self._fork(limits, device)
            except ZygoteDied:
                continue
            if self.heeds is not None:
                line.heed(self.heeds)
            return line
        self._end()
        raise IsolationError(self._does_not_work())

    def end(self, line: Line) -> Ended | None:
        """Kill a worker with everything that it started, and remove its folder.

        Returns:
            How it had ended by itself, if it had; None if the zygote is gone too.
        """
        try:
            if line.generation != self._generation:
                return None  # its zygote was restarted, and took it along
            ended = self._orders.collect(self._orders.send(End(line.pid), then=self._count))
            assert isinstance(ended, Ended), "no other notice fits"
            return ended
        except ZygoteDied:
            self._start()
            return None
        finally:
            line.close()
            _remove(line.folder)

    def dismiss(self, line: Line) -> None:
        """As `end`, for a worker that is idle: nobody waits for it, or asks how it ended."""
        if line.generation == self._generation:
            self._dismiss(line.pid, line.folder)
        line.close()
        _remove(line.folder)  # not later: the next worker may be another student's

    def settle(self) -> None:
        """Wait until every worker that was dismissed has ended."""
        try:
            self._orders.settle()
        except ZygoteDied:
            self._start()

    def close(self) -> None:
        """End the zygote and all of its workers."""
        if self._process is None:
            return
        with suppress(ZygoteDied):
            self._orders.settle()  # a worker may have left much to end
        self._end()
        self._errors.close()
        self._process = None

    # --- starting -----------------------------------------------------------

    def _start(self) -> None:
        if self._process is not None:
            self._end()
            self._errors.close()
        self._generation += 1
        self._surveyed = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-I", "-m", "grader.worker.zygote", "--socket", str(theirs.fileno())]
            try:
                self._process = subprocess.Popen(
                    command + self._arguments,
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
                raise IsolationError(f"Python cannot be started for the far side: {error}.") from error
        self._orders = Orders(ours)

    def _survey(self) -> Surveyed:
        for again in (False, True):
            if again:
                self._start()  # the kernel was short of memory, say; a second time is no accident
            try:
                notice = self._orders.collect(self._orders.send(Survey()))
            except ZygoteDied:
                continue
            assert isinstance(notice, Surveyed), "no other notice fits"
            return notice
        raise IsolationError(self._does_not_work())

    def _hang_up(self) -> None:
        """Close all that the zygote has the other end of."""
        self._orders.close()
        if self._standby is not None:
            self._standby.close()
            self._standby = None

    def _end(self) -> None:
        """End the zygote and all that it made, whatever state it is in."""
        assert self._process is not None, "it was started"
        self._hang_up()
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode != 0:
            sweep_groups(self._process.pid)
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def _does_not_work(self) -> str:
        """A sentence with the last line that it wrote, for whoever runs the grader."""
        self._errors.seek(0)
        lines = self._errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        said = f" It said: {lines[-1].strip()}" if lines else ""
        return f"The process that starts workers does not work.{said}"

    # --- workers --------------------------------------------------------------

    def _fork(self, limits: WorkerLimits, device: str) -> Line:
        terms = Terms.of(limits, device)
        kept = limits.output_kb << 10
        line = self._from_standby(terms, kept) or self._line(self._begin(terms), kept)
        # Where every worker is of other terms than the last, one of the last would be of no use.
        repeats = self._terms in (None, terms)
        self._terms = terms
        # Never on CUDA: it would wipe the device, and fill it for a moment, beside the one that is used.
        if self._warm and repeats and not device.startswith("cuda"):
            self._order_standby(line)
        return line

    def _order_standby(self, line: Line) -> None:
        """Order the worker after the one that is handed out, and don't wait for it."""
        assert self._terms is not None, "a worker was forked"
        try:
            self._standby = self._begin(self._terms)
        except ZygoteDied:
            line.close()
            raise
        except OSError:
            return  # no descriptor left, or no room on the disk: whoever needs a worker will see

    def _from_standby(self, terms: Terms, kept: int) -> Line | None:
        """The worker that is kept ready, if it is of these terms and in order."""
        standby, self._standby = self._standby, None
        if standby is None:
            return None
        if standby.terms != terms:
            self._drop(standby)
            return None
        try:
            line = self._line(standby, kept)
        except (ForkFailed, IsolationError):
            return None
        if standby.untouched:
            return line
        self.dismiss(line)
        return None

    def _drop(self, begun: Begun) -> None:
        """End a worker that was ordered and is not wanted."""
        begun.close()
        forked = self._orders.collect(begun.ordered)
        if isinstance(forked, Forked):
            self._dismiss(forked.pid, begun.scratch)
        else:
            _remove(begun.scratch)

    def _dismiss(self, pid: int, scratch: Path | None) -> None:
        def ended(notice: Notice) -> None:
            self._count(notice)
            _remove(scratch)  # whatever it wrote to its last moment

        try:
            self._orders.send(End(pid), then=ended)
        except ZygoteDied:
            self._start()

    def _count(self, notice: Notice) -> None:
        if isinstance(notice, Ended):
            self.cpu_seconds += notice.cpu_seconds

    def _begin(self, terms: Terms) -> Begun:
        """Order a worker."""
        self.posture.demand(self._confinement)
        own = Layer.PRIVATE_ROOT in self.posture.on
        scratch = None if own else Path(tempfile.mkdtemp(dir=self._own_folder()))
        order = Fork(scratch=str(scratch or ""), **terms._asdict())
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        try:
            with theirs:
                try:
                    ordered = self._orders.send(order, [theirs.fileno(), writing])
                finally:
                    os.close(writing)
        except BaseException:
            ours.close()
            os.close(reading)
            _remove(scratch)
            raise
        return Begun(terms, scratch, ours, reading, ordered)

    def _line(self, begun: Begun, kept: int) -> Line:
        """Wait for a worker that was ordered, and until it says that it is confined."""
        try:
            forked = self._orders.collect(begun.ordered)
            if not isinstance(forked, Forked):
                raise ForkFailed
        except BaseException:
            begun.close()
            _remove(begun.scratch)
            raise
        caps = begun.terms.caps
        line = Line(begun.channel, begun.output, forked.pid, self._generation, begun.scratch, caps, kept)
        try:
            answer, _ = line.receive(_now() + FORK_SECONDS)
            if not isinstance(answer, Ready):
                raise WireError("A worker began with something else than Ready.")
        except Exception as error:
            self.end(line)
            said = line.output.text().strip().splitlines()
            if isinstance(error, Closed) and not said:
                raise ForkFailed from error  # what cannot confine itself says why: this one was killed
            because = said[-1] if said else str(error) or type(error).__name__
            raise IsolationError(f"A worker could not be confined: {because}") from error
        if lacking := sorted(self.posture.on - set(answer.layers)):
            self.end(line)
            raise IsolationError(f"A worker came up without the isolation layer '{lacking[0]}'.")
        return line

    def _own_folder(self) -> Path:
        """Where workers have their folders that cannot mount their own."""
        if self._folder is None:
            self._folder = Folder()
        return self._folder.path


def _remove(folder: Path | None) -> None:
    if folder is not None:
        remove(folder)
