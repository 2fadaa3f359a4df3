"""The guard: the zygote's parent, which outlives it and clears up behind it.

Whoever kills a zygote kills the one that knows its workers. So the process
that was started goes on as a child of its own, before torch is imported, and
only waits: until the child has ended, the judge has hung up, or it is told to
end. Then it kills what there still is and removes control groups. It runs no
student code and reads nothing. Where it is killed itself, the zygote goes too.
"""

import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from grader.sandbox import remains
from grader.sandbox.namespaces import adopt_orphans
from grader.sandbox.syscalls import prctl
from grader.worker.ending import end_strays

LEAVE_SECONDS = 3.0
"""What the zygote may take to end its workers once the judge has hung up."""

_SET_PDEATHSIG = 1
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def go_behind(control: int, enter: Callable[[], None]) -> bool:
    """Go on as a child; the process that calls this guards it, and never comes back.

    Call it while the process has one thread.

    Args:
        control: The socket to the judge.
        enter: Called before the fork, to choose the namespaces of the child.

    Returns:
        Whether the system has what this takes; if not, there is no guard and nothing was done.
    """
    if not (sys.platform.startswith("linux") and hasattr(os, "pidfd_open")):
        return False
    adopt_orphans()
    try:
        outside = os.pidfd_open(os.getpid())
    except OSError:  # before Linux 5.3
        return False
    enter()
    child = os.fork()
    if child != 0:
        _guard(child, control)
    adopt_orphans()
    if os.getpid() == 1:
        prctl(_SET_PDEATHSIG, signal.SIGKILL)  # the kernel ends all others in the namespace
    else:
        signal.signal(signal.SIGTERM, _leave)
        prctl(_SET_PDEATHSIG, signal.SIGTERM)  # nobody else could find what workers have left
    if select.select([outside], [], [], 0)[0]:
        os._exit(1)  # it was killed before we could ask to be told
    os.close(outside)
    return True


def _leave(number: int, frame: object) -> NoReturn:
    for each in _ENDING:
        signal.signal(each, signal.SIG_IGN)  # the next one would cut the clearing up short
    raise SystemExit(128 + number)


def _guard(child: int, control: int) -> NoReturn:
    code = 1
    try:
        process = os.pidfd_open(child)
        try:
            for each in _ENDING:
                signal.signal(each, _leave)
            _wait(process, control)
        except SystemExit:
            pass
        finally:
            code = _clear_up(child, process)
    except BaseException:  # noqa: BLE001 - the judge reads it
        traceback.print_exc()
    finally:
        os._exit(code)


def _wait(process: int, control: int) -> None:
    """Wait until the zygote has ended, or has had its time to."""
    waiting = select.poll()
    waiting.register(process, select.POLLIN)
    waiting.register(control, 0)  # that it is hung up is told anyway
    if process not in dict(waiting.poll()):
        select.select([process], [], [], LEAVE_SECONDS)


def _clear_up(child: int, process: int) -> int:
    """Kill the zygote and what its workers left, remove its groups; what to exit with."""
    for each in _ENDING:
        signal.signal(each, signal.SIG_IGN)
    signal.pidfd_send_signal(process, signal.SIGKILL)
    _, status = os.waitpid(child, 0)  # returns when a namespace of its own is empty
    end_strays(set())
    remains.sweep_groups(os.getpid())
    remains.sweep_folders()  # the judge's, if it is gone too
    return os.waitstatus_to_exitcode(status) & 0xFF
