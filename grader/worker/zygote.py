"""The zygote: a fresh exec that has torch loaded and forks workers on order.

Started by the judge as `python -I -m grader.worker.zygote --socket FD`, it
knows nothing of courses, tests or reports. One thread, no student code, no
waiting but for the next order. It is the parent of every process that its
workers leave behind, kills them with their worker, and goes with its socket.
"""

import argparse
import gc
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Sequence

from grader.sandbox.limits import adopt_orphans, importable, tasks_of_this_user
from grader.sandbox.policy import worker_policy, zygote_environment
from grader.wire.caps import Caps
from grader.wire.frames import FrameReader, decode_order, frame
from grader.wire.messages import End, Ended, Fork, Forked, Notice

MOST_DESCRIPTORS = 16
READ_BYTES = 1 << 16

MORE_PROCESSES = 1024
"""How many threads and processes a worker's user may have beyond those of the start.

The system counts all of a user's, so the number leaves room for the person at the desk.
"""

KILL_SECONDS = 5.0
"""How long to go on killing what a worker left behind; one stuck in the kernel cannot be helped."""

PF_EXITING = 0x4
"""A flag of a process in /proc, as Linux has it since ever."""

NOT_CONFINED = 70
"""Exit status of a worker that could not confine itself; says why on its output."""


class Zygote:
    """Forks and ends workers, one order at a time."""

    def __init__(self, control: socket.socket):
        self._control = control
        self._reader = FrameReader(Caps())
        self._descriptors: list[int] = []
        self._workers: set[int] = set()
        tasks = tasks_of_this_user()
        self._processes = None if tasks is None else tasks + MORE_PROCESSES

    def serve(self) -> None:
        """Obey orders until the socket closes, then kill every worker."""
        try:
            while True:  # until the judge hangs up, perhaps before it has read every notice
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

    def _obey(self, head: bytes) -> None:
        notice: Notice
        match decode_order(head):
            case Fork() as order:
                notice = self._fork(order)
            case End(pid=pid):
                notice = self._end(pid)
        self._control.sendall(b"".join(frame(notice)))

    def _fork(self, order: Fork) -> Notice:
        channel, output = self._descriptors[:2]
        del self._descriptors[:2]
        zygote = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            print(f"The zygote cannot fork: {error}", file=sys.stderr, flush=True)
            return Ended(0, None, 0.0, 0.0)
        finally:
            # Runs in the child too, before anything else does; it needs them.
            if os.getpid() == zygote:
                os.close(channel)
                os.close(output)
        if pid == 0:
            self._become_worker(order, zygote, channel, output)
        self._workers.add(pid)
        return Forked(pid)

    def _become_worker(self, order: Fork, zygote: int, channel: int, output: int) -> None:
        """Be a worker; never returns."""
        from grader.worker import child

        status = NOT_CONFINED
        try:
            policy = worker_policy(
                order.scratch,
                os.environ,
                memory_mb=order.memory_mb,
                file_mb=order.file_mb,
                processes=self._processes,
                device=order.device,
            )
            caps = Caps(
                payload_bytes=order.return_mb << 20, items=order.return_items, depth=order.return_depth
            )
            child.run(policy, caps, parent=zygote, channel=channel, output=output)
            status = 0
        except BaseException:  # noqa: BLE001 - nothing may unwind into the zygote's loop
            traceback.print_exc()
        finally:
            child.leave(status)

    def _end(self, pid: int) -> Ended:
        """Kill a worker and everything it started, and reap it all."""
        if pid not in self._workers:
            return Ended(pid, None, 0.0, 0.0)
        self._workers.discard(pid)
        # Its socket closes a moment before it can be waited for: how it died is worth that moment.
        done, status, usage = os.wait4(pid, 0 if _is_exiting(pid) else os.WNOHANG)
        _kill_group(pid)
        if not done:
            _, _, usage = os.wait4(pid, 0)
        self._end_strays()
        for worker in self._workers:
            # One that is kept ready for later: what is gone now may have stopped it.
            os.kill(worker, signal.SIGCONT)
        return Ended(
            pid=pid,
            status=status if done else None,
            cpu_seconds=usage.ru_utime + usage.ru_stime,
            max_rss_mb=usage.ru_maxrss / (1024 if sys.platform.startswith("linux") else 1024**2),
        )

    def _end_strays(self) -> None:
        """Kill and reap what ended workers left: processes that are ours now, but are no workers."""
        deadline = time.monotonic() + KILL_SECONDS
        while time.monotonic() < deadline:
            strays = _children() - self._workers
            if not strays:
                return
            for stray in strays:
                _kill(stray)
            for stray in strays:
                # Its own children become ours with its end, and are seen in the next round.
                _reap(stray)


def _kill_group(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        return


def _is_exiting(pid: int) -> bool:
    """Whether a process is already on its way out, nobody having killed it from here."""
    fields = _status(pid)
    return len(fields) > 6 and bool(int(fields[6]) & PF_EXITING)


def _status(pid: int | str) -> list[str]:
    """What the system says about a process, from its state on; empty if it says nothing."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as status:
            # After the command in brackets, which may hold anything.
            return status.read().rpartition(")")[2].split()
    except OSError:
        return []


def _children() -> set[int]:
    """Our child processes; none where the system does not tell (orphans are not ours there)."""
    me = os.getpid()
    try:
        with open(f"/proc/{me}/task/{me}/children", encoding="ascii") as children:
            return {int(word) for word in children.read().split()}
    except OSError:
        pass
    found: set[int] = set()
    try:
        names = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return found
    for name in names:
        fields = _status(name)
        if len(fields) > 1 and int(fields[1]) == me:
            found.add(int(name))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Start from the command line."""
    parser = argparse.ArgumentParser(prog="grader.worker.zygote")
    parser.add_argument("--socket", type=int, required=True, help="descriptor of the control socket")
    parser.add_argument("--warm", action="store_true", help="load all that student code may need late")
    options = parser.parse_args(arguments)
    environment = zygote_environment(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir("/")
    if os.getsid(0) != os.getpid():
        os.setsid()  # Ctrl-C at the terminal is the judge's to handle
    adopt_orphans()
    control = socket.socket(fileno=options.socket)
    from grader.worker import warmth

    warmth.warm(thoroughly=options.warm)
    importable(tuple(sys.path))  # every worker asks for it
    gc.collect()
    gc.freeze()  # the pages that all workers share are never touched by their collectors
    Zygote(control).serve()


if __name__ == "__main__":
    main()
