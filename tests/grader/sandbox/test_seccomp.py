"""The filter: its program run by a small interpreter, and installed in children that then try."""

import ctypes
import errno
import mmap
import os
import signal
import socket
import struct
import threading
import time

import pytest

from grader.sandbox import identity, seccomp, syscalls
from tests.grader.sandbox.elsewhere import errno_of, in_child, linux, outcome

MACHINES = tuple(syscalls.NUMBERS)
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
FOREIGN = {"i386": 0x40000003, "arm": 0x40000028, "mips": 8, "nothing": 0, "big endian": 0x800000B7}

here = pytest.mark.skipif(syscalls.machine() == "", reason="no filter for this kind of machine")


def run(program: bytes, number: int, arguments=(), architecture=0) -> tuple[int, int]:
    """What the filter answers, and after how many instructions."""
    words = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *(word & (1 << 64) - 1 for word in words))
    code = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at, steps, accumulator = 0, 0, 0
    while True:
        instruction, yes, no, constant = code[at]
        at, steps = at + 1, steps + 1
        if instruction == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, constant)
        elif instruction == 0x06:
            return constant, steps
        else:
            met = {
                0x15: accumulator == constant,
                0x35: accumulator >= constant,
                0x45: accumulator & constant != 0,
            }[instruction]
            at += yes if met else no


def answer(machine: str, name: str, *arguments: int) -> int:
    return run(seccomp.program(machine), syscalls.NUMBERS[machine][name], arguments, ARCHITECTURE[machine])[0]


# --- the data -------------------------------------------------------------------


def test_every_name_is_one_that_some_machine_has():
    known = set().union(*syscalls.NUMBERS.values())
    named = [*seccomp.DENIED, *seccomp.PRETENDED, *seccomp.UNKNOWN, *seccomp.ARGUMENTS]
    assert set(named) <= known
    assert len(named) == len(set(named))


def test_every_group_says_why():
    assert all(group.reason.endswith(".") and group.names for group in seccomp.GROUPS)


# --- the program ----------------------------------------------------------------


@pytest.mark.parametrize("machine", MACHINES)
def test_every_denied_call_is_refused_and_every_other_one_passes(machine):
    numbers = syscalls.NUMBERS[machine]
    denied = {numbers[name] for name in seccomp.DENIED if name in numbers}
    pretended = {numbers[name] for name in seccomp.PRETENDED}
    absent = {numbers[name] for name in seccomp.UNKNOWN}
    by_argument = {numbers[name] for name in seccomp.ARGUMENTS}
    assert len(denied) >= 80
    program = seccomp.program(machine)
    for number in range(syscalls.NEWEST + 1):
        if number in by_argument:
            continue
        wanted = ALLOW
        if number in denied:
            wanted = ERRNO | errno.EPERM
        elif number in pretended:
            wanted = ERRNO | 0
        elif number in absent:
            wanted = ERRNO | errno.ENOSYS
        assert run(program, number, (), ARCHITECTURE[machine])[0] == wanted, number


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    "name",
    [
        "ptrace", "process_vm_readv", "mount", "move_mount", "open_tree_attr", "setns", "unshare",
        "execve", "execveat", "io_uring_setup", "bpf", "seccomp", "shmget", "mq_open", "pidfd_getfd",
        "init_module", "reboot", "clock_settime", "userfaultfd", "open_by_handle_at", "personality",
    ],
)  # fmt: skip
def test_the_worst_calls_are_among_them(machine, name):
    assert answer(machine, name) == ERRNO | errno.EPERM


@pytest.mark.parametrize("architecture", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_by_another_machines_convention_kills(machine, architecture):
    assert run(seccomp.program(machine), 0, (), architecture)[0] == KILL


def test_one_machines_program_kills_what_the_other_would_let_in():
    x86, arm = ARCHITECTURE.values()
    assert run(seccomp.program("x86_64"), 0, (), arm)[0] == KILL
    assert run(seccomp.program("aarch64"), 0, (), x86)[0] == KILL


@pytest.mark.parametrize("number", [0, 1, 59, 101, 512, 520, 0x3FFFFFFF])
def test_the_x32_way_in_is_not_there(number):
    got = run(seccomp.program("x86_64"), 0x40000000 + number, (), ARCHITECTURE["x86_64"])[0]
    assert got == ERRNO | errno.ENOSYS


@pytest.mark.parametrize("number", [syscalls.NEWEST + 1, 500, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("machine", MACHINES)
def test_calls_younger_than_the_tables_are_not_there(machine, number):
    assert run(seccomp.program(machine), number, (), ARCHITECTURE[machine])[0] == ERRNO | errno.ENOSYS


@pytest.mark.parametrize("flag", [1 << bit for bit in (15, 17, 25, 26, 27, 28, 29, 30)], ids=hex)
@pytest.mark.parametrize("machine", MACHINES)
def test_clone_makes_no_namespace_and_no_sibling(machine, flag):
    assert answer(machine, "clone", flag | signal.SIGCHLD) == ERRNO | errno.EPERM
    assert answer(machine, "clone", flag | signal.SIGCHLD | 1 << 40) == ERRNO | errno.EPERM


@pytest.mark.parametrize("flags", [0x003D0F00, 0x01200011, 0x00004111, signal.SIGCHLD], ids=hex)
@pytest.mark.parametrize("machine", MACHINES)
def test_threads_and_forks_pass(machine, flags):
    assert answer(machine, "clone", flags) == ALLOW


@pytest.mark.parametrize("call", ["socket", "socketpair"])
@pytest.mark.parametrize("machine", MACHINES)
def test_sockets_are_local_ones(machine, call):
    assert answer(machine, call, socket.AF_UNIX, socket.SOCK_STREAM) == ALLOW
    for family in (0, 2, 3, 10, 15, 16, 17, 30, 38, 40, 44, 0xFFFFFFFF):
        assert answer(machine, call, family, socket.AF_UNIX) == ERRNO | errno.EACCES
    # The kernel looks at 32 bits: what is above them must not make a difference.
    assert answer(machine, call, 1 << 32 | 2) == ERRNO | errno.EACCES


@pytest.mark.parametrize("machine", MACHINES)
def test_where_files_of_others_are_in_sight_there_are_pairs_only(machine):
    program, numbers = seccomp.program(machine, secluded=False), syscalls.NUMBERS[machine]

    def got(call, family, kind):
        return run(program, numbers[call], (family, kind), ARCHITECTURE[machine])[0]

    for flags in (0, socket.SOCK_CLOEXEC, socket.SOCK_NONBLOCK, socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK):
        assert got("socket", socket.AF_UNIX, socket.SOCK_STREAM | flags) == ERRNO | errno.EACCES
        assert got("socketpair", socket.AF_UNIX, socket.SOCK_STREAM | flags) == ALLOW
        # One of a pair of these can be connected again, or send to any address.
        assert got("socketpair", socket.AF_UNIX, socket.SOCK_DGRAM | flags) == ERRNO | errno.EACCES
    assert got("socketpair", socket.AF_INET, socket.SOCK_STREAM) == ERRNO | errno.EACCES


@pytest.mark.parametrize("machine", MACHINES)
def test_where_files_of_others_are_in_sight_nobody_changes_whose_they_are(machine):
    numbers = syscalls.NUMBERS[machine]
    assert (
        {"fchmodat", "fchownat", "utimensat", "truncate"}
        <= seccomp.NOT_ONLY_ITS_OWN
        <= syscalls.NUMBERS["x86_64"].keys()
    )
    for call in seccomp.NOT_ONLY_ITS_OWN & numbers.keys():
        for secluded, wanted in ((True, ALLOW), (False, ERRNO | 0)):
            program = seccomp.program(machine, secluded=secluded)
            assert run(program, numbers[call], (0, 0), ARCHITECTURE[machine])[0] == wanted


@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_is_typed_into_a_terminal(machine):
    for request in (0x5412, 0x541C, 0x5423, 0x5412 | 1 << 32, 0x5412 | -1 << 32):
        assert answer(machine, "ioctl", 0, request) == ERRNO | errno.EPERM
    for request in (0x5401, 0x5413, 0x541B, 0x5421, 0):
        assert answer(machine, "ioctl", 0x5412, request) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_prctl_neither_outlives_the_zygote_nor_filters(machine):
    assert answer(machine, "prctl", 1, 0) == ERRNO | 0  # success, and nothing is done
    assert answer(machine, "prctl", 1 | 1 << 32, 0) == ERRNO | 0
    assert answer(machine, "prctl", 22, 2) == ERRNO | errno.EPERM
    assert answer(machine, "prctl", 62, 1) == ERRNO | errno.EPERM
    for option in (2, 3, 4, 15, 16, 38, 0x53564D41):
        assert answer(machine, "prctl", option) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_no_one_else_is_held_up_at_a_file(machine):
    for command in (1024, 1026, 1040, 1024 | 1 << 32):
        assert answer(machine, "fcntl", 5, command) == ERRNO | errno.EPERM
    for command in (0, 1, 2, 3, 4, 6, 1025, 1030, 1031, 1033):
        assert answer(machine, "fcntl", 1024, command) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_limits_are_those_of_the_caller(machine):
    assert answer(machine, "prlimit64", 0, 7) == ALLOW
    for pid in (1, 4711, 1 << 32 | 1):
        assert answer(machine, "prlimit64", pid, 0) == ERRNO | errno.EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_frequent_calls_cost_little(machine):
    program = seccomp.program(machine)
    steps = [run(program, n, (), ARCHITECTURE[machine])[1] for n in range(syscalls.NEWEST + 1)]
    assert max(steps) <= 18
    assert len(program) // 8 < 256


def test_a_machine_without_a_table_has_no_program():
    with pytest.raises(OSError, match="'riscv64'") as refused:
        seccomp.program("riscv64")
    assert refused.value.errno == errno.ENOSYS


# --- installed ------------------------------------------------------------------


def under_filter(act):
    def with_filter():
        identity.no_new_privileges()
        seccomp.install(seccomp.program(syscalls.machine()))
        return act()

    return with_filter


def refused_calls() -> list[str]:
    """The denied calls that get EPERM, made with zeros only, which do nothing where they pass."""
    numbers = syscalls.NUMBERS[syscalls.machine()]
    return [
        name
        for name in seccomp.DENIED
        if name in numbers
        and errno_of(lambda n=numbers[name]: syscalls.call(n, 0, 0, 0, 0, 0, 0)) == errno.EPERM
    ]


@here
@pytest.mark.parametrize("namespace", [False, True], ids=["ordinary user", "user namespace"])
def test_every_denied_call_is_refused_by_the_kernel(namespace):
    refused = in_child(under_filter(refused_calls), user=True, namespace=namespace)
    assert refused == [name for name in seccomp.DENIED if name in syscalls.NUMBERS[syscalls.machine()]]


@here
def test_a_session_of_its_own_is_said_to_be_had_and_is_not():
    def act() -> list[object]:
        before = os.getsid(0)
        child = os.fork()
        if child == 0:
            os.setsid()
            os._exit(3 if os.getsid(0) == before else 4)
        os.sync()
        return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]

    assert in_child(under_filter(act), user=True) == [3]


@here
def test_it_is_the_filter_that_refuses():
    # Without it these are refused for what they are given, or pass, even for an ordinary user.
    names = (
        "execve",
        "execveat",
        "unshare",
        "io_uring_setup",
        "process_vm_readv",
        "pidfd_getfd",
        "mq_open",
        "semget",
    )
    numbers = [syscalls.NUMBERS[syscalls.machine()][name] for name in names]

    def errors() -> list[int]:
        return [errno_of(lambda n=number: syscalls.call(n, 0, 0, 0, 0, 0, 0)) for number in numbers]

    assert errno.EPERM not in in_child(errors, user=True)
    assert in_child(under_filter(errors), user=True) == [errno.EPERM] * len(names)


@here
def test_it_needs_no_new_privileges():
    def install() -> int:
        return errno_of(lambda: seccomp.install(seccomp.program(syscalls.machine())))

    assert in_child(install, user=True) == errno.EACCES


@here
def test_a_program_that_is_none_is_refused():
    def install() -> int:
        identity.no_new_privileges()
        return errno_of(lambda: seccomp.install(b"\x06\0\0\0\0\0\xff\x7f"[:0]))

    assert in_child(install, user=True) == errno.EINVAL


@here
def test_it_holds_for_threads_that_were_there_before():
    def act() -> list[int]:
        found: list[int] = []
        ready = threading.Event()

        def later() -> None:
            ready.wait(10)
            found.append(errno_of(lambda: syscalls.named("unshare", 0)))

        thread = threading.Thread(target=later)
        thread.start()
        identity.no_new_privileges()
        seccomp.install(seccomp.program(syscalls.machine()))
        ready.set()
        thread.join(10)
        return found

    assert in_child(act, user=True) == [errno.EPERM]


@here
def test_threads_forks_and_local_sockets_work_and_no_program_starts():
    def act() -> list[object]:
        done: list[object] = []
        thread = threading.Thread(target=lambda: done.append("thread"))
        thread.start()
        thread.join()
        child = os.fork()
        if child == 0:
            os._exit(7 if errno_of(lambda: syscalls.named("unshare", 0)) == errno.EPERM else 8)
        done.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        one, other = socket.socketpair()
        one.sendall(b"local")
        done.append(other.recv(5).decode())
        done.append(errno_of(lambda: socket.socket(socket.AF_INET)))
        done.append(errno_of(lambda: socket.socket(socket.AF_INET6)))
        done.append(errno_of(lambda: os.execv("/bin/true", ["true"])))
        done.append(errno_of(lambda: os.posix_spawn("/bin/true", ["true"], {})))
        return done

    assert in_child(under_filter(act), user=True) == [
        "thread", 7, "local", errno.EACCES, errno.EACCES, errno.EPERM, errno.EPERM,
    ]  # fmt: skip


@here
def test_the_parents_death_stays_deadly():
    def act() -> list[int]:
        syscalls.prctl(1, signal.SIGKILL)
        identity.no_new_privileges()
        seccomp.install(seccomp.program(syscalls.machine()))
        answered = syscalls.prctl(1, 0)
        still = ctypes.c_int()
        syscalls.named("prctl", 2, ctypes.byref(still))
        return [answered, still.value]

    assert in_child(act, user=True) == [0, signal.SIGKILL]


@pytest.mark.skipif(syscalls.machine() != "x86_64", reason="x86_64 has this other way in")
def test_the_32_bit_way_in_ends_the_process():
    def getpid_as_i386() -> bool:
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\xb8\x14\0\0\0\xcd\x80\xc3")  # mov eax, 20; int 0x80; ret
        entry = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
        return entry() == os.getpid()

    if outcome(getpid_as_i386, user=True).value is not True:
        pytest.skip("this kernel has no 32-bit calls")
    assert outcome(under_filter(getpid_as_i386), user=True).killed_by == signal.SIGSYS


@here
@pytest.mark.slow
def test_it_costs_less_than_a_microsecond_a_call():
    def each() -> float:
        start = time.perf_counter()
        for _ in range(20_000):
            os.getppid()
        return (time.perf_counter() - start) / 20_000

    assert min(in_child(under_filter(each)) for _ in range(3)) - min(in_child(each) for _ in range(3)) < 1e-6


@linux
def test_the_test_process_has_no_filter_of_ours():
    assert errno_of(lambda: socket.socket(socket.AF_INET).close()) == 0
