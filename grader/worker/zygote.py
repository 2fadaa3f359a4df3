"""The zygote: a fresh exec that has torch loaded (or nbconvert, or a parser) and forks workers on order.

Started by the judge as `python -I -m grader.worker.zygote --socket FD`, it
knows nothing of courses, tests or reports. One thread, no student code, no
waiting but for the next order. It is the parent of every process that its
workers leave behind, kills them with their worker, and goes with its socket;
if it is killed, its guard does.
"""

import argparse
import gc
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Sequence
from typing import NoReturn, get_args

from grader.sandbox import remains, root, survey
from grader.sandbox.confine import Seat
from grader.sandbox.grounds import Grounds
from grader.sandbox.policy import worker_policy, zygote_environment
from grader.verdicts import Layer
from grader.wire.caps import Caps
from grader.wire.frames import FrameReader, decode_order, frame
from grader.wire.messages import End, Ended, Fork, Forked, LayerState, Notice, Survey, Surveyed, Trade
from grader.worker import hugepages
from grader.worker.answering import leave
from grader.worker.conditions import Conditions
from grader.worker.ending import Worker, end_strays
from grader.worker.guard import go_behind
from grader.worker.watch import SECONDS, Watch

MOST_DESCRIPTORS = 16
READ_BYTES = 1 << 16

NOT_CONFINED = 70
"""Exit status of a worker that could not confine itself; says why on its output."""


class Zygote:
    """Forks and ends workers, one order at a time."""

    def __init__(
        self,
        control: socket.socket,
        grounds: Grounds,
        states: tuple[LayerState, ...],
        conditions: Conditions,
        *,
        trade: Trade = "student code",
    ):
        self._control = control
        self._trade = trade
        self._conditions = conditions
        self._grounds = grounds
        self._states = states
        self._reader = FrameReader(Caps())
        self._descriptors: list[int] = []
        self._workers: dict[int, Worker] = {}
        self._watch = None if grounds.counts_memory else Watch()
        self._next_look = 0.0
        self._scratch = ""

    def serve(self) -> None:
        """Obey orders until the socket closes, then kill every worker."""
        try:
            while True:  # until the judge hangs up, perhaps before it has read every notice
                if self._watch is not None and self._workers:
                    self._watch_until_spoken_to(self._watch)
                data, descriptors, _, _ = socket.recv_fds(self._control, READ_BYTES, MOST_DESCRIPTORS)
                self._descriptors += descriptors
                if not data:
                    return
                self._reader.feed(data)
                while (received := self._reader.next()) is not None:
                    self._obey(received[0])
        except (BrokenPipeError, ConnectionResetError):
            return
        finally:
            for pid in list(self._workers):
                self._end(pid)
            remains.remove_folder_of(self._scratch)  # the judge may be gone

    def _watch_until_spoken_to(self, watch: Watch) -> None:
        while True:
            if time.monotonic() >= self._next_look:
                for pid, worker in self._workers.items():
                    if watch.over(pid, worker.memory_bytes):
                        worker.end_for_memory()
                self._next_look = time.monotonic() + SECONDS
            if select.select([self._control], [], [], SECONDS)[0]:
                return

    def _obey(self, head: bytes) -> None:
        notice: Notice
        match decode_order(head):
            case Fork() as order:
                notice = self._fork(order)
            case End(pid=pid):
                notice = self._end(pid)
            case Survey():
                notice = Surveyed(self._states)
        self._control.sendall(b"".join(frame(notice)))

    def _fork(self, order: Fork) -> Notice:
        channel, output = self._descriptors[:2]
        del self._descriptors[:2]
        self._scratch = order.scratch
        pid = -1
        try:
            policy = worker_policy(
                order.scratch or root.HOME,
                os.environ,
                memory_mb=order.memory_mb,
                file_mb=order.file_mb,
                processes=order.processes,
                open_files=order.open_files,
                scratch_mb=order.scratch_mb,
                tasks=self._grounds.tasks(order.processes),
                uid=self._grounds.uid(),
                device=order.device,
            )
            pid, seat = self._grounds.fork(policy, channel, output)
        except OSError as error:
            print(f"The zygote cannot fork: {error}", file=sys.stderr, flush=True)
            return Ended(0, None, 0.0, 0.0)
        finally:
            if pid != 0:  # the child needs them
                os.close(channel)
                os.close(output)
        if pid == 0:
            _become_worker(order, seat, self._conditions, self._trade)
        worker = Worker(pid, seat.group, order.memory_mb << 20)
        self._workers[worker.pid] = worker
        return Forked(worker.pid)

    def _end(self, pid: int) -> Ended:
        """Kill a worker and everything it started, and reap it all."""
        worker = self._workers.pop(pid, None)
        if worker is None:
            return Ended(pid, None, 0.0, 0.0)
        ended = worker.end()
        if Layer.PID not in self._grounds.layers:
            end_strays(set(self._workers))
            for other in self._workers:
                # One that is kept ready for later: what is gone now may have stopped it.
                os.kill(other, signal.SIGCONT)
        return ended


def _become_worker(order: Fork, seat: Seat, conditions: Conditions, trade: Trade) -> NoReturn:
    status = NOT_CONFINED
    try:
        caps = Caps(payload_bytes=order.return_mb << 20, items=order.return_items, depth=order.return_depth)
        if trade == "pressing":
            from grader.worker.press import press

            press.run(seat, caps)
        elif trade == "tokenising":
            from grader.worker.tokens import worker

            worker.run(seat, caps)
        else:
            from grader.worker import child

            child.run(seat, caps, order.device, order.device_memory_mb, conditions)
        status = 0
    except BaseException:  # noqa: BLE001 - nothing may unwind into the zygote's loop
        traceback.print_exc()
    finally:
        leave(status)
    raise AssertionError("a worker does not come back")


def _warm(trade: Trade, *, thoroughly: bool, simulated: bool) -> None:
    """Load what workers are going to use."""
    if trade == "pressing":
        from grader.worker.press import press

        press.warm()
        return
    if trade == "tokenising":
        from grader.worker.tokens import worker

        worker.warm()
        return
    from grader.worker import warmth

    warmth.warm(thoroughly=thoroughly)
    if simulated:
        warmth.simulate()


def main(arguments: Sequence[str] | None = None) -> None:
    """Start from the command line."""
    parser = argparse.ArgumentParser(prog="grader.worker.zygote")
    parser.add_argument("--socket", type=int, required=True, help="descriptor of the control socket")
    parser.add_argument("--warm", action="store_true", help="load all that student code may need late")
    parser.add_argument("--layers", default="", help="layers of isolation to put up, with commas between")
    parser.add_argument("--cuda", action="store_true", help="workers may use CUDA devices")
    parser.add_argument("--simulated", action="store_true", help="load what a simulated device needs")
    parser.add_argument(
        "--trade", choices=get_args(Trade), default="student code", help="what workers are for"
    )
    Conditions.declare(parser)
    options = parser.parse_args(arguments)
    trade: Trade = options.trade
    conditions = Conditions.of(options)
    environment = zygote_environment(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir("/")
    if os.getsid(0) != os.getpid():
        os.setsid()  # Ctrl-C at the terminal is the judge's to handle
    control = socket.socket(fileno=options.socket)
    wanted = frozenset(Layer(name) for name in options.layers.split(",") if name)
    grounds = Grounds(wanted, cuda=options.cuda)
    grounds.prepare(lambda enter: go_behind(options.socket, enter))  # before torch starts threads
    _warm(trade, thoroughly=options.warm, simulated=options.simulated)
    conditions.set_for_all()
    grounds.close(os.environ)
    found = survey.survey(grounds)
    states = tuple(LayerState(each.layer, each.on, each.detail[:200]) for each in found)
    gc.collect()
    gc.freeze()  # the pages that all workers share are never touched by their collectors
    if options.warm and trade == "student code":
        hugepages.collapse()
    Zygote(control, grounds, states, conditions, trade=trade).serve()


if __name__ == "__main__":
    main()
    os._exit(0)  # nothing is left to do, and torch takes a third of a second to take itself down
