"""Acts that change a process for good happen elsewhere: in a forked child that reports through a pipe.

The child may become an ordinary user first, and be root of a user namespace of
its own. It ends without running anything of the test process (`os._exit`), and
is killed, by its id, if it takes too long.
"""

import json
import os
import select
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from grader.sandbox import syscalls

ORDINARY = 65534
PATIENCE = 30.0
_NEWUSER = 0x1000_0000
_PR_SET_DUMPABLE = 4

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has this")


def status(field: str) -> str:
    """A line of /proc/self/status."""
    with open("/proc/self/status") as file:
        return next(line.split(":", 1)[1].strip() for line in file if line.startswith(f"{field}:"))


def privileged() -> bool:
    """Whether this process has any capability: root of a container may have none."""
    return sys.platform.startswith("linux") and int(status("CapEff"), 16) != 0


def others_exist() -> bool:
    """Whether there are user ids for others: a user namespace may have one."""
    with open("/proc/self/uid_map") as file:
        return sum(int(line.split()[2]) for line in file) > ORDINARY


as_root = pytest.mark.skipif(
    not (privileged() and others_exist()), reason="needs the right to become another user, and one to become"
)


@dataclass(frozen=True)
class Came:
    """What came of an act: its value, or the signal that ended the child."""

    value: Any
    killed_by: int = 0


def in_child(act: Callable[[], Any], *, user: bool = False, namespace: bool = False) -> Any:
    """The value (plain JSON) of `act` in a child; an error there is an error here."""
    came = outcome(act, user=user, namespace=namespace)
    assert not came.killed_by, f"the child was ended by signal {came.killed_by}"
    return came.value


def outcome(act: Callable[[], Any], *, user: bool = False, namespace: bool = False) -> Came:
    """What came of `act` in a child.

    Args:
        act: What to do there; returns plain JSON.
        user: Become an ordinary user first, if that is not what we are.
        namespace: And then root of a new user namespace; the test is skipped where there are none.
    """
    user = (user or namespace) and privileged()
    if user and not others_exist():
        pytest.skip("there is no other user to become in this user namespace")
    reading, writing = os.pipe()
    sys.stdout.flush()
    with warnings.catch_warnings():
        # Other tests leave threads of torch behind; the child uses none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _report(act, writing, user=user, namespace=namespace)
    os.close(writing)
    text = _read(reading, pid)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return Came(None, os.WTERMSIG(status))
    kind, value = json.loads(text)
    if kind == "skip":
        pytest.skip(value)
    assert kind == "value", value
    return Came(value)


def errno_of(act: Callable[[], Any]) -> int:
    """The error number with which the system refuses an act, or 0."""
    try:
        act()
    except OSError as error:
        return error.errno or -1
    return 0


def _report(act: Callable[[], Any], writing: int, *, user: bool, namespace: bool) -> None:
    try:
        kind, value = "value", None
        if user:
            os.setgroups([])
            os.setresgid(ORDINARY, ORDINARY, ORDINARY)
            os.setresuid(ORDINARY, ORDINARY, ORDINARY)
            syscalls.prctl(_PR_SET_DUMPABLE, 1)
        refused = _enter_namespace() if namespace else ""
        kind, value = ("skip", refused) if refused else ("value", act())
    except BaseException:
        kind, value = "error", traceback.format_exc()
    finally:
        os.write(writing, json.dumps([kind, value]).encode())
        os._exit(0)


def _enter_namespace() -> str:
    uid, gid = os.getuid(), os.getgid()
    try:
        syscalls.named("unshare", _NEWUSER)
    except OSError as error:
        return f"no user namespaces here: {error.strerror}"
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    return ""


def _read(reading: int, pid: int) -> bytes:
    text = b""
    try:
        while True:
            if not select.select([reading], [], [], PATIENCE)[0]:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                raise AssertionError("the child took too long")
            more = os.read(reading, 65536)
            if not more:
                return text
            text += more
    finally:
        os.close(reading)
