"""Run `grader` as it runs in a container without privileges, for real and for good.

    python in_container.py [--old-kernel] ARGUMENTS OF GRADER...

What a container's profile does: no namespace can be made, not even by its root,
and root may not become another user. With --old-kernel there is no Landlock
either. The filter and the dropped capabilities outlive the exec of `grader`.
"""

import errno
import os
import struct
import sys

from grader.sandbox import identity, seccomp, syscalls

PR_CAPBSET_DROP = 24
SETGID, SETUID, SYS_ADMIN = 6, 7, 21
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06
ALLOW, ERROR = 0x7FFF_0000, 0x0005_0000


def without(*names: str) -> bytes:
    """A filter that refuses these system calls, as if the machine did not let us."""
    code = [(LOAD, 0, 0, 0)]  # the call's number
    for name in names:
        code += [(EQUALS, 0, 1, syscalls.number(name)), (RETURN, 0, 0, ERROR | errno.EPERM)]
    code.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def main(arguments: list[str]) -> None:
    """Give up what a container has not, and become `grader`."""
    refused = ["unshare", "setns"]
    if arguments[0] == "--old-kernel":
        refused.append("landlock_create_ruleset")
        arguments = arguments[1:]
    if os.getuid() == 0:
        # Exec gives root what is left of its bounding set.
        for capability in (SETGID, SETUID, SYS_ADMIN):
            syscalls.prctl(PR_CAPBSET_DROP, capability)
    identity.no_new_privileges()
    seccomp.install(without(*refused))
    os.execv(sys.executable, [sys.executable, "-c", "from grader.cli import main; main()", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
