"""The survey: which layers can really be had here, found by trying them all.

A throw-away worker goes through every step, past those that fail, and says
what came of each. It never runs student code. From then on the zygote puts up
exactly the layers that this one had: a worker that lacks one of them is none.
"""

import os
import select
import signal
from typing import NoReturn

from grader.errors import IsolationError
from grader.sandbox.confine import Seat, confine
from grader.sandbox.grounds import Grounds
from grader.sandbox.layers import LayerFound
from grader.sandbox.policy import worker_policy
from grader.sandbox.remains import Folder
from grader.verdicts import Layer

SECONDS = 20.0
"""It takes milliseconds; a machine that is swapping may need seconds."""

MEMORY_MB = 256
PROCESSES = 64


def survey(grounds: Grounds) -> tuple[LayerFound, ...]:
    """Try every layer of `grounds`; those that cannot be had are taken from it.

    Returns:
        What came of each layer that was wanted, in order.

    Raises:
        IsolationError: No worker can be had at all.
    """
    if grounds.home is not None:
        said = _said(grounds, grounds.home)
    else:
        folder = Folder()
        try:
            scratch = folder.path / "survey"
            scratch.mkdir(mode=0o700)
            said = _said(grounds, str(scratch))
        finally:
            folder.remove()
    details = dict[Layer, str]()
    last = ""
    for line in said.splitlines():
        match line.split("\t"):
            case [name, "on", detail]:
                details[Layer(name)] = detail
            case [name, "off", reason]:
                grounds.lack(Layer(name), reason)
            case _:  # an error's
                last = f" It said: {line}"
    if lost := grounds.layers - details.keys():
        first = min(lost, key=list(Layer).index)
        raise IsolationError(f"A worker cannot be confined: it ended before '{first}' was on.{last}")
    found = [LayerFound(layer, True, detail) for layer, detail in details.items()]
    found += [LayerFound(layer, False, reason) for layer, reason in grounds.missing.items()]
    return tuple(sorted(found, key=lambda each: list(Layer).index(each.layer)))


def _said(grounds: Grounds, scratch: str) -> str:
    """What the throw-away worker says."""
    policy = worker_policy(
        scratch,
        os.environ,
        memory_mb=MEMORY_MB,
        file_mb=1,
        processes=PROCESSES,
        tasks=grounds.tasks(PROCESSES),
        uid=grounds.uid(),
    )
    reading, writing = os.pipe()
    pid, seat = grounds.fork(policy, writing, writing)
    if pid == 0:
        _try_all(seat)
    os.close(writing)
    try:
        return _read(reading)
    finally:
        os.close(reading)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        if seat.group is not None:
            seat.group.remove()


def _try_all(seat: Seat) -> NoReturn:
    try:
        confine(seat, survey=_say)
    except Exception as error:  # noqa: BLE001 - whoever reads the survey says what it was
        os.write(1, " ".join(str(error).split())[:200].encode())
    finally:
        os._exit(0)


def _say(found: LayerFound) -> None:
    detail = " ".join(found.detail.split())[:150]
    os.write(1, f"{found.layer}\t{'on' if found.on else 'off'}\t{detail}\n".encode())


def _read(descriptor: int) -> str:
    data = b""
    while select.select([descriptor], [], [], SECONDS)[0]:
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            break
        data += chunk
    return data.decode("utf-8", "replace")
