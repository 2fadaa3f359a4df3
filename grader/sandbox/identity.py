"""Who a worker is: a user of its own, without a privilege and without a way to one.

As root a worker becomes a user id that nobody else has; in a user namespace it
has all capabilities of that namespace and gives them up. Everything here holds
for the calling process for good and is inherited. Changing the user clears the
signal that a parent's death sends: whoever relies on it sets it again after.
"""

import ctypes
import errno
import os
import struct

from grader.sandbox import syscalls

_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_GET_SECUREBITS = 27
_PR_SET_SECUREBITS = 28
_PR_SET_NO_NEW_PRIVS = 38

_SECUREBITS = 0xEB
"""Locked: root has no privileges by being root, no capability is kept or becomes ambient.

NOROOT, NO_CAP_AMBIENT_RAISE and all four locks. NO_SETUID_FIXUP and KEEP_CAPS
are locked off, so that leaving root loses all capabilities, as usual.
"""

_CAP_SETPCAP = 8
_VERSION = 0x2008_0522  # of the structures of capset(2): two words of 32 capabilities

_FIRST = 0x7000_0000
"""From here to 0x7fffffff no distribution, directory service or container manager gives out user ids."""

_SPAN = 1 << 28
_ENOUGH = 4096  # a smaller range is somebody's account or two, not room to choose from


def drop_bounding() -> None:
    """See to it that no program started later has a privilege, if this process may still decide that.

    Changes nothing about the capabilities that this process has. A zygote that
    does so once saves each of its workers half a millisecond.

    Raises:
        OSError: The kernel refused.
    """
    effective, _, _ = _capabilities()
    if not effective >> _CAP_SETPCAP & 1 or syscalls.prctl(_PR_GET_SECUREBITS) == _SECUREBITS:
        return
    for capability in range(64):
        try:
            syscalls.prctl(_PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            break  # the kernel has no more
    # Last, for they tell that the rest is done.
    syscalls.prctl(_PR_SET_SECUREBITS, _SECUREBITS)


def become(uid: int, gid: int) -> None:
    """Become a user and group that have no privileges, in no other group.

    Raises:
        OSError: This process may not, or the ids are not mapped in its user namespace.
    """
    if not uid or not gid:
        raise OSError(errno.EINVAL, "a worker must not be root")
    drop_bounding()
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    # Changing ids makes /proc/self root's; torch and multiprocessing read it.
    syscalls.prctl(_PR_SET_DUMPABLE, 1)


def drop_capabilities() -> None:
    """Give up every capability and every way to have one again.

    Root, in a user namespace or not, is a user like any other afterwards. A
    process that has no capabilities to begin with keeps its bounding set,
    which only ever limits: with `no_new_privileges` nothing can be had from it.

    Raises:
        OSError: The kernel refused, or capabilities are left.
    """
    drop_bounding()
    # Ambient ones go with those that are permitted.
    header, nothing = struct.pack("=Ii", _VERSION, 0), bytes(24)
    syscalls.named("capset", ctypes.c_char_p(header), ctypes.c_char_p(nothing))
    if any(_capabilities()):
        raise OSError(errno.EPERM, "capabilities are left after all were dropped")


def free_uid(key: int, uid_map: str | None = None) -> int | None:
    """A user id that nobody has, for use as a worker's own.

    Args:
        key: Tells workers apart; the same key gives the same id.
        uid_map: The ids that exist in this user namespace, as in
            /proc/self/uid_map, which is read if this is left out.

    Returns:
        An id, or None if none is free.
    """
    if uid_map is None:
        try:
            with open("/proc/self/uid_map", encoding="ascii") as file:
                uid_map = file.read()
        except OSError:
            return None
    ranges = [(int(fields[0]), int(fields[2])) for fields in map(str.split, uid_map.splitlines())]
    wanted = _FIRST + key % _SPAN
    if any(first <= wanted < first + count for first, count in ranges):
        return wanted
    first, count = max(ranges, key=lambda each: each[1], default=(0, 0))
    if count < _ENOUGH:
        return None
    # The upper half, from its end: accounts are given out from below. 65534 is
    # nobody, to whom all that is not mapped belongs, and 65535 means 'no change' to old calls.
    chosen = first + count - 1 - key % (count // 2 - 2)
    return chosen - 2 if chosen in (65534, 65535) else chosen


def no_new_privileges() -> None:
    """No program that this process starts gains a privilege that it does not have.

    Raises:
        OSError: The kernel refused, or this is not Linux.
    """
    syscalls.prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _capabilities() -> tuple[int, int, int]:
    """Effective, permitted and inheritable capabilities, a bit each."""
    answer = ctypes.create_string_buffer(24)
    header = struct.pack("=Ii", _VERSION, 0)
    syscalls.named("capget", ctypes.c_char_p(header), answer)
    low = struct.unpack("=6I", answer.raw)
    return low[0] | low[3] << 32, low[1] | low[4] << 32, low[2] | low[5] << 32
