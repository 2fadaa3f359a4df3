"""What a slot's process runs: `python -m grader.batch.serving SOCKET LIFELINE`.

A slot imports torch, the hidden tests and the references once and then judges
whatever the driver sends. It ends when its socket closes, and soon after its
driver, however that ended; what it has made does not outlive it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from grader.batch.lifeline import hold
from grader.batch.slot import LEAVE_SECONDS, SlotFailed, SlotOrder, SlotReady
from grader.course import Course
from grader.errors import GraderError
from grader.sandbox.policy import Confinement
from grader.verdicts import Visibility
from grader.wire.messages import SIMULATED

if TYPE_CHECKING:
    from grader.judge.job import Job
    from grader.sandbox.layers import Posture
    from grader.student.launch import Zygote


def main(arguments: Sequence[str]) -> None:
    """Judge jobs from a socket until it closes.

    Args:
        arguments: Descriptors of the socket, and of the lifeline that the driver holds.
    """
    connection = hold(arguments, LEAVE_SECONDS)
    try:
        try:
            _serve(connection)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # we are on our way
    except GraderError as error:
        with suppress(BrokenPipeError):  # another slot may have said the same before
            connection.send(SlotFailed(error))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        pass  # the driver has gone or wants no more; so do we


def _serve(connection: Connection) -> None:
    from grader.student.launch import Zygote

    order: SlotOrder = connection.recv()
    course, confinement, conditions = order.course, order.confinement, order.conditions
    # First, so that both sides import torch at the same time.
    simulated = order.device == SIMULATED
    cuda = order.device not in ("cpu", SIMULATED)
    with Zygote(True, confinement, cuda, conditions, simulated) as zygote:
        from grader.judge.devices import chosen, environment
        from grader.judge.plugin import JudgePlugin
        from grader.judge.session import serve

        posture = walled(zygote, confinement, course)
        first = True

        def next_job() -> Job | None:
            nonlocal first
            if first:
                connection.send(SlotReady(environment(order.device, posture), posture.on))
                first = False
            try:
                job: Job | None = connection.recv()
            except EOFError:
                return None
            return job

        devices = chosen(order.device)
        plugin = JudgePlugin(
            course,
            Visibility.HIDDEN,
            devices,
            zygote,
            next_job,
            connection.send,
            conditions=conditions,
        )
        tests = [course.exercise(name).hidden_tests for name in order.exercises]
        serve(plugin, [path for path in tests if path is not None], course.root)


def walled(zygote: Zygote, confinement: Confinement, course: Course) -> Posture:
    """The layers that workers have, once it is proved that those that are required hold.

    Raises:
        IsolationError: One is not there, or does not keep what it should.
    """
    from grader.student.conformance import prove

    if confinement.asks:  # else workers take what there is, and reports say what that was
        prove(zygote, confinement, hidden=course.staff_files)
    return zygote.posture


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)  # nothing is left to do, and torch takes half a second to take itself down
