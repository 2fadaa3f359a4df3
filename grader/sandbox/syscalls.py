"""The kernel's calls that Python has no words for, through libc.

Numbers of calls differ by processor and stand here as data, taken from the
kernel's own tables. May be imported on any system; what only Linux has raises
OSError (ENOSYS) elsewhere. Never decides anything: whoever calls knows why.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

NEWEST = 469
"""The highest number that any table of Linux 6.17 has (file_setattr); later calls are strangers."""

_TABLE: Mapping[str, tuple[int | None, int | None]] = {
    # name: (x86_64, aarch64)
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "setns": (308, 268),
    "unshare": (272, 97),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "seccomp": (317, 277),
    "execve": (59, 221),
    "execveat": (322, 281),
    "uselib": (134, None),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "lookup_dcookie": (212, 18),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmdt": (67, 197),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "mq_timedsend": (242, 182),
    "mq_timedreceive": (243, 183),
    "mq_notify": (244, 184),
    "mq_getsetattr": (245, 185),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "create_module": (174, None),
    "get_kernel_syms": (177, None),
    "query_module": (178, None),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "personality": (135, 92),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "vhangup": (153, 58),
    "nfsservctl": (180, 42),
    "_sysctl": (156, None),
    "sysfs": (139, None),
    "ustat": (136, None),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "cachestat": (451, 451),
    "setsid": (112, 157),
    "sync": (162, 81),
    "syncfs": (306, 267),
    "fcntl": (72, 25),
    "prlimit64": (302, 261),
    "clone": (56, 220),
    "clone3": (435, 435),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "truncate": (76, 45),
    "prctl": (157, 167),
    "ioctl": (16, 29),
    "capget": (125, 90),
    "capset": (126, 91),
    "close_range": (436, 436),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}

NUMBERS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "x86_64": {name: x86 for name, (x86, _) in _TABLE.items() if x86 is not None},
        "aarch64": {name: arm for name, (_, arm) in _TABLE.items() if arm is not None},
    }
)
"""Numbers of calls by machine, as `os.uname().machine` has it, without those that a machine never had."""


@cache
def libc() -> ctypes.CDLL:
    """The C library of this process."""
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform.startswith("linux"):
        library.syscall.restype = ctypes.c_long
    return library


@cache
def machine() -> str:
    """The machine whose numbers hold for this process; empty where none of ours do."""
    if not sys.platform.startswith("linux") or struct.calcsize("P") != 8 or sys.byteorder != "little":
        return ""
    name = os.uname().machine
    return name if name in NUMBERS else ""


@cache
def number(name: str) -> int | None:
    """The number of a call on this machine, or None if it has none that we know."""
    return NUMBERS.get(machine(), {}).get(name)


def call(number: int, *args: Any) -> int:
    """Make a system call.

    Args:
        number: Which, as `number` tells.
        args: Whole numbers of up to 64 bits, or what ctypes passes as a pointer.

    Returns:
        What the kernel returned.

    Raises:
        OSError: It refused, or this is not Linux.
    """
    if not sys.platform.startswith("linux"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    # An int would be cut to 32 bits; c_long wraps an unsigned 64-bit value to the same bits.
    words = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    result = int(libc().syscall(ctypes.c_long(number), *words))
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def named(name: str, *args: Any) -> int:
    """Make a system call by its name.

    Raises:
        OSError: It refused; ENOSYS if this machine has no such call.
    """
    known = number(name)
    if known is None:
        raise OSError(errno.ENOSYS, f"{os.strerror(errno.ENOSYS)}: {name}")
    return call(known, *args)


def prctl(option: int, a: int = 0, b: int = 0, c: int = 0, d: int = 0) -> int:
    """prctl(2).

    Returns:
        What the kernel returned; for most options 0.

    Raises:
        OSError: It refused, or this is not Linux.
    """
    return named("prctl", option, a, b, c, d)
