"""What a checker's process runs: `python -m grader.desk.serving SOCKET LIFELINE`.

It imports torch once on both sides of the wall and keeps a worker ready. Tests
are collected when they are first asked for and again when their file, or the
course, is not what it was: students add tests of their own. A newer request cuts
off a wait for student code, so that nobody waits for what nobody wants any more.
"""

from __future__ import annotations

import linecache
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from grader.batch.lifeline import hold
from grader.batch.slot import LEAVE_SECONDS
from grader.course import Course
from grader.desk.checker import Begun, CannotCheck, Checked, Request, Warm
from grader.errors import GraderError
from grader.student.line import CutOff
from grader.verdicts import Visibility

if TYPE_CHECKING:
    from grader.judge.job import Job
    from grader.report.model import ExerciseReport
    from grader.student.launch import Zygote


def main(arguments: Sequence[str]) -> None:
    """Answer requests from a socket until it closes.

    Args:
        arguments: Descriptors of the socket, and of the lifeline that whoever asks holds.
    """
    connection = hold(arguments, LEAVE_SECONDS)
    # pytest tells a test file that was changed from one that was not by whole seconds and size, and a
    # student saves twice in a second. Nor does her folder need our leavings.
    sys.dont_write_bytecode = True
    try:
        try:
            _serve(connection)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # we are on our way
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        pass  # nobody is there any more, or wants an answer; so we go, too


def _serve(connection: Connection) -> None:
    from grader.student.launch import Zygote

    warm: Warm = connection.recv()
    # First, so that both sides import torch at the same time.
    with Zygote(True, cuda=warm.device != "cpu") as zygote:
        zygote.heeds = connection.fileno()
        desk = Desk(connection, zygote, warm.device)
        while True:
            desk.take()
            desk.answer()


class Desk:
    """Answers requests, as many as it can with each collection of tests.

    Args:
        connection: Where requests come from.
        zygote: The far side.
        device: What tests run on, as for `--device`.
    """

    def __init__(self, connection: Connection, zygote: Zygote, device: str) -> None:
        # Before the first request comes, while the student still reads or types.
        import grader.judge.plugin
        import grader.judge.session  # noqa: F401

        self._connection = connection
        self._zygote = zygote
        self._device = device
        self._request: Request | None = None

    def take(self) -> None:
        """Wait for a request, if none is there; of several the newest counts.

        Raises:
            EOFError: Nobody asks any more.
        """
        while self._request is None or self._connection.poll():
            self._request = self._connection.recv()
            self._connection.send(Begun(self._request.number))

    def answer(self) -> None:
        """Answer the request, and all that come with the same tests, unless a newer one cuts it off.

        Raises:
            EOFError: Nobody asks any more.
            KeyboardInterrupt: This process is to end.
        """
        try:
            self._sit()
        except CutOff:
            pass
        except GraderError as error:
            if self._request is not None and not self._connection.poll():
                self._connection.send(CannotCheck(self._request.number, error))
                self._request = None

    def _sit(self) -> None:
        from grader.judge.devices import chosen
        from grader.judge.plugin import JudgePlugin
        from grader.judge.session import serve

        request = self._request
        assert request is not None, "one was taken"
        course, name = request.course, request.job.exercise
        tests = course.exercise(name).visible_tests
        needed = _needed(request)
        gone = False

        def next_job() -> Job | None:
            nonlocal gone
            try:
                self.take()
            except EOFError:  # said once pytest has ended
                gone = True
                return None
            assert self._request is not None, "one was taken"
            return self._request.job if _needed(self._request) == needed else None

        linecache.clearcache()
        devices = chosen(self._device)
        plugin = JudgePlugin(course, Visibility.VISIBLE, devices, self._zygote, next_job, self._deliver)
        try:
            serve(plugin, [tests], course.root)
        except KeyboardInterrupt:
            if not self._connection.poll():
                raise
            raise CutOff from None
        if gone:
            raise EOFError

    def _deliver(self, report: ExerciseReport) -> None:
        assert self._request is not None, "one was taken"
        self._connection.send(Checked(self._request.number, report))
        self._request = None


def _needed(request: Request) -> tuple[Course, str, bytes]:
    """What must be the same for tests that are collected to be good for a request."""
    tests = b""
    with suppress(OSError):  # whoever collects them says what is wrong
        tests = request.course.exercise(request.job.exercise).visible_tests.read_bytes()
    return request.course, request.job.exercise, tests


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)  # nothing is left to do, and torch takes half a second to take itself down
