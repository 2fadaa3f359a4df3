"""Landlock: what of the file system, the network and other processes stays in reach.

The kernel's own rules for a process that gives up rights, for good and for all
that it starts; they need no privileges, only `no_new_privileges` first. What a
grant does not name is refused, whatever file permissions say. Names of files
stay visible (stat works): that is what a private root is for. Never changes a
file, and grants no right that the kernel does not know yet.
"""

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntFlag
from functools import cache
from typing import Literal

from grader.sandbox import syscalls


class Right(IntFlag):
    """Rights to files and folders, as the kernel numbers them."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


_KNOWN_SINCE = {13: 1, 14: 2, 15: 3, 16: 5}  # how many rights, from which ABI on
_OF_FILES = Right.EXECUTE | Right.WRITE_FILE | Right.READ_FILE | Right.TRUNCATE | Right.IOCTL_DEV
_DEVICES = Right.MAKE_CHAR | Right.MAKE_BLOCK | Right.IOCTL_DEV
_ALL = Right((1 << 16) - 1)

Access = Literal["read", "write", "device"]

RIGHTS: Mapping[Access, Right] = {
    "read": Right.EXECUTE | Right.READ_FILE | Right.READ_DIR,
    # Files and folders of every kind, except device nodes: nothing needs to make one.
    "write": _ALL & ~_DEVICES,
    "device": Right.READ_FILE | Right.WRITE_FILE | Right.TRUNCATE | Right.IOCTL_DEV,
}
"""What each kind of access is made of."""

_BIND_OR_CONNECT_TCP = 3  # ABI 4: both rights to the network, none of which is ever granted
_ABSTRACT_SOCKETS_AND_SIGNALS = 3  # ABI 6: only processes under the same rules are in reach
_LOG_NOTHING = 1  # ABI 7: what strangers' code is refused must not fill the machine's audit log


@dataclass(frozen=True)
class Grant:
    """What stays in reach.

    Attributes:
        path: A file, or a folder with all that is below it; or a descriptor of
            it, opened (O_PATH will do) while it was in sight.
        access: 'read' (files and folders, and execution), 'write' (everything
            but device nodes) or 'device' (reading, writing and control of a device).
    """

    path: str | int
    access: Access


@cache
def abi() -> int:
    """The version of Landlock in this kernel; 0 where there is none or it is switched off."""
    ask_version = 1
    try:
        return syscalls.named("landlock_create_ruleset", None, 0, ask_version)
    except OSError:
        return 0


def restrict(grants: Iterable[Grant]) -> int:
    """Restrict the calling thread, and all that it starts, to what is granted.

    Everything that this kernel's Landlock can refuse is refused: files, TCP
    (from ABI 4 on), control of devices (5), abstract sockets and signals to
    processes outside (6).

    Returns:
        The version of Landlock.

    Raises:
        OSError: There is no Landlock, a path does not exist, a descriptor is
            not open, or `no_new_privileges` was not called.
    """
    version = abi()
    if not version:
        raise OSError(errno.ENOSYS, "this kernel has no Landlock, or it is switched off")
    ruleset = _ruleset(version)
    try:
        for grant in grants:
            _add(ruleset, grant, known(version))
        syscalls.named("landlock_restrict_self", ruleset, _LOG_NOTHING if version >= 7 else 0)
    finally:
        os.close(ruleset)
    return version


def known(version: int) -> Right:
    """All rights to files that a version of Landlock knows."""
    return Right((1 << max(count for count, since in _KNOWN_SINCE.items() if since <= version)) - 1)


def _ruleset(version: int) -> int:
    """A descriptor of rules under which nothing is allowed yet."""
    handled = [int(known(version))]
    if version >= 4:
        handled.append(_BIND_OR_CONNECT_TCP)
    if version >= 6:
        handled.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    text = struct.pack(f"{len(handled)}Q", *handled)
    return syscalls.named("landlock_create_ruleset", ctypes.c_char_p(text), len(text), 0)


def _add(ruleset: int, grant: Grant, known: Right) -> None:
    beneath_path = 1
    opened = grant.path if isinstance(grant.path, int) else os.open(grant.path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = RIGHTS[grant.access] & known
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            rights &= _OF_FILES
        text = struct.pack("=Qi", rights, opened)
        syscalls.named("landlock_add_rule", ruleset, beneath_path, ctypes.c_char_p(text), 0)
    finally:
        if not isinstance(grant.path, int):
            os.close(opened)
