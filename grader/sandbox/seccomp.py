"""The system calls that student code may not make: data, and the filter made of it.

A deny list, not an allow list: torch and the C library take up new calls with
every release, and a strict list breaks honest work. Calls younger than our
tables are unknown to the kernel as far as a worker can tell, so that the next
io_uring is not let in unseen. The program is plain data and can be run by any
interpreter; `install` alone touches the process, for good. It needs
`no_new_privileges` first and never looks at what pointers point to.
"""

import ctypes
import errno
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from grader.sandbox import syscalls


@dataclass(frozen=True)
class Group:
    """Calls that are denied for one reason.

    Attributes:
        reason: Why.
        names: Which.
    """

    reason: str
    names: tuple[str, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "They read, change or steer another process.",
        (
            "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease",
            "kcmp", "pidfd_getfd", "move_pages", "migrate_pages",
        ),
    ),
    Group(
        "They change which files are in sight.",
        (
            "mount", "umount2", "pivot_root", "chroot", "open_tree", "open_tree_attr", "move_mount",
            "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
        ),
    ),
    Group("They enter or make namespaces, where a process has privileges again.", ("setns", "unshare")),
    Group("They open a file by a number instead of a path.", ("open_by_handle_at", "name_to_handle_at")),
    Group(
        "They start another program; all that student code needs is in this one.",
        ("execve", "execveat", "uselib"),
    ),
    Group(
        # io_uring opens files and sockets without making the calls that this filter sees.
        "They go around this filter, or offer more of the kernel to attack than any exercise needs.",
        (
            "seccomp", "io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open",
            "userfaultfd", "keyctl", "add_key", "request_key", "memfd_secret", "fanotify_init",
            "fanotify_mark", "lookup_dcookie", "personality", "modify_ldt", "iopl", "ioperm",
            "nfsservctl", "_sysctl", "sysfs", "ustat",
        ),
    ),
    Group(
        "They leave something behind that outlives the worker, or meet other processes by a number.",
        (
            "shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semctl", "semtimedop",
            "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_timedsend",
            "mq_timedreceive", "mq_notify", "mq_getsetattr",
        ),
    ),
    Group(
        # Nothing torch does needs them: its shared memory lies in the scratch, whose size is known.
        "They make files that are in no folder, whose size only a control group would count.",
        ("memfd_create",),
    ),
    Group(
        # The libraries that workers may read are the judge's, too, and those of every other worker.
        "They tell which files others open and read, wherever those see them.",
        ("inotify_init", "inotify_init1", "cachestat"),
    ),
    Group(
        "They administer the machine.",
        (
            "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
            "create_module", "get_kernel_syms", "query_module", "reboot", "swapon", "swapoff", "acct",
            "quotactl", "quotactl_fd", "syslog", "vhangup", "settimeofday", "clock_settime",
            "adjtimex", "clock_adjtime", "sethostname", "setdomainname",
        ),
    ),
)  # fmt: skip
"""What is denied outright, by reason; the caller sees EPERM."""

DENIED: tuple[str, ...] = tuple(name for group in GROUPS for name in group.names)
"""Every call that is denied whatever its arguments."""

UNKNOWN: tuple[str, ...] = ("clone3",)
"""Calls that the kernel seems not to have (ENOSYS).

The flags of clone3 lie behind a pointer, where a filter cannot look. The C
library then takes clone, whose flags are seen.
"""

PRETENDED: Mapping[str, str] = MappingProxyType(
    {
        # Linux shares the processors out among sessions first (sched_autogroup): measured here, 60 busy
        # processes of one session slowed a neighbour down to 80% of its speed, in 60 sessions to 10%.
        "setsid": "Each session would get as large a share of the processors as a whole worker.",
        "sync": "The machine's disks would write for all others; files of a worker are in memory.",
        "syncfs": "As for sync.",
    }
)
"""Calls that say that all is well and do nothing, and why they must not: honest code may make them."""

_ALLOW = 0x7FFF_0000
_KILL = 0x8000_0000
_ERRNO = 0x0005_0000


@dataclass(frozen=True)
class Check:
    """A look at one argument; only its lower 32 bits count, as for the kernel.

    Attributes:
        argument: Which, from 0.
        values: What it is looked at for.
        answer: What the caller sees if it matches: an error number, or 0 for success that does nothing.
        reason: Why.
        bits: Whether one bit in common with a value is enough, instead of equality.
        unless: Whether the answer is given when no value matches, instead of when one does.
    """

    argument: int
    values: tuple[int, ...]
    answer: int
    reason: str
    bits: bool = False
    unless: bool = False


_NAMESPACES = 0x7E02_0000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_CLONE_PARENT = 0x8000
_AF_UNIX = 1
_TERMINAL = (0x5412, 0x541C, 0x5423)  # TIOCSTI, TIOCLINUX, TIOCSETD
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SCHED_CORE = 62
_LEASES = (1024, 1026, 1040)  # F_SETLEASE, F_NOTIFY, F_SETDELEG

ARGUMENTS: Mapping[str, tuple[Check, ...]] = MappingProxyType(
    {
        "clone": (
            Check(
                0,
                (_NAMESPACES | _CLONE_PARENT,),
                errno.EPERM,
                "A new namespace brings privileges; a sibling would be the grader's own child.",
                bits=True,
            ),
        ),
        # EACCES is what socket(2) says where a kind of socket is not permitted.
        "socket": (Check(0, (_AF_UNIX,), errno.EACCES, "No network; AF_UNIX joins processes.", unless=True),),
        "socketpair": (Check(0, (_AF_UNIX,), errno.EACCES, "As for socket.", unless=True),),
        "ioctl": (Check(1, _TERMINAL, errno.EPERM, "They type into a terminal, or load drivers for it."),),
        "prctl": (
            # Success that does nothing: torch.multiprocessing sets it in every child, and an error ends that.
            Check(0, (_PR_SET_PDEATHSIG,), 0, "A worker must not outlive the process that forked it."),
            Check(0, (_PR_SET_SECCOMP,), errno.EPERM, "As for seccomp."),
            Check(0, (_PR_SCHED_CORE,), errno.EPERM, "It keeps others off the other half of a core."),
        ),
        # A lease on a library that belongs to the same user makes whoever opens it wait for 45 seconds.
        "fcntl": (Check(1, _LEASES, errno.EPERM, "They hold others up at a file, or tell of them."),),
        "prlimit64": (Check(0, (0,), errno.EPERM, "Limits of another process.", unless=True),),
    }
)
"""What is denied by its arguments."""

NOT_ONLY_ITS_OWN = frozenset(
    {
        "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat",
        "utime", "utimes", "futimesat", "utimensat", "truncate",
        "setxattr", "lsetxattr", "fsetxattr", "setxattrat",
        "removexattr", "lremovexattr", "fremovexattr", "removexattrat",
    }
)  # fmt: skip
"""Calls that pretend where the machine's files are in sight: Landlock does not look at them.

They would change who may use a file of the grader's own user, or when it was changed. Honest code
makes them when it copies files, and does as well without.
"""

_STREAMS_ONLY = Check(
    1,
    tuple(1 | flags for flags in (0, 0o4000, 0o2000000, 0o2004000)),  # SOCK_NONBLOCK, SOCK_CLOEXEC
    errno.EACCES,
    "One of a pair of datagram sockets can still send to the file of another's.",
    unless=True,
)

_ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}

# Instructions of classic BPF, and where they find what, see seccomp(2).
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
Instruction = tuple[int, int, int, int]  # code, steps if true, steps if false, constant


@cache
def program(machine: str, *, secluded: bool = True) -> bytes:
    """The filter for one kind of machine.

    Frequent calls cost about seven comparisons: the number is looked up in a
    tree of ranges. From Linux 5.11 on the kernel remembers which calls pass
    whatever their arguments, and does not run the program for them.

    Args:
        machine: As `os.uname().machine` has it.
        secluded: Whether no file but its own is in sight of the worker. Else there are no sockets besides
            pairs, which could be connected to the file of another's (that of a desktop's bus starts
            programs), and no file changes its owner, rights or times.

    Raises:
        OSError: No numbers are known for it (ENOSYS).
    """
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no system call numbers are known for '{machine}'")
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        *_tree(_ranges(syscalls.NUMBERS[machine], secluded)),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def install(program: bytes) -> None:
    """Put the calling process, all of its threads and all that they start under a filter, for good.

    Raises:
        OSError: The kernel has no filters, or `no_new_privileges` was not called.
    """
    set_mode_filter, all_threads = 1, 1
    text = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(text))
    failed = syscalls.named("seccomp", set_mode_filter, all_threads, ctypes.c_char_p(header))
    if failed:
        raise OSError(errno.EBUSY, f"thread {failed} has another system call filter")


def _ranges(numbers: Mapping[str, int], secluded: bool) -> list[tuple[int, tuple[Instruction, ...]]]:
    """First number and verdict of every range of numbers, up from 0."""
    verdicts: dict[int, tuple[Instruction, ...]] = {}
    for name, number in numbers.items():
        if name in DENIED:
            verdicts[number] = (_error(errno.EPERM),)
        elif name == "socket" and not secluded:
            verdicts[number] = (_error(errno.EACCES),)
        elif name == "socketpair" and not secluded:
            verdicts[number] = _look((*ARGUMENTS[name], _STREAMS_ONLY))
        elif name in PRETENDED or (name in NOT_ONLY_ITS_OWN and not secluded):
            verdicts[number] = (_error(0),)
        elif name in UNKNOWN:
            verdicts[number] = (_error(errno.ENOSYS),)
        elif name in ARGUMENTS:
            verdicts[number] = _look(ARGUMENTS[name])
    allow = ((_RETURN, 0, 0, _ALLOW),)
    found: list[tuple[int, tuple[Instruction, ...]]] = []
    for number in range(syscalls.NEWEST + 1):
        verdict = verdicts.get(number, allow)
        if not found or found[-1][1] != verdict:
            found.append((number, verdict))
    found.append((syscalls.NEWEST + 1, (_error(errno.ENOSYS),)))
    return found


def _tree(ranges: Sequence[tuple[int, tuple[Instruction, ...]]]) -> list[Instruction]:
    """Code that finds the range of the loaded number: a comparison, the lower half, the upper half."""
    if len(ranges) == 1:
        return list(ranges[0][1])
    middle = len(ranges) // 2
    lower, upper = _tree(ranges[:middle]), _tree(ranges[middle:])
    return [(_IF_AT_LEAST, len(lower), 0, ranges[middle][0]), *lower, *upper]


def _look(checks: Sequence[Check]) -> tuple[Instruction, ...]:
    """Code that looks at arguments and returns from the filter."""
    code: list[Instruction] = []
    for check in checks:
        jump = _IF_BITS if check.bits else _IF_EQUAL
        code.append((_LOAD, 0, 0, _ARGUMENTS + 8 * check.argument))  # the lower half comes first on both
        answer = _error(check.answer)
        for i in range(len(check.values)):
            left = len(check.values) - 1 - i  # comparisons that follow
            if check.unless:
                code.append((jump, left + 1, 0, check.values[i]))
            else:
                code.append((jump, left, 0 if left else 1, check.values[i]))
        code.append(answer)
    return (*code, (_RETURN, 0, 0, _ALLOW))


def _error(number: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | number)
