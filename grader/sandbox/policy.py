"""The policy: what a process on the far side gets, as plain data.

Nothing here touches the machine, so every rule can be tested by looking at
it. `confine` enforces a `Policy`; numbers that depend on the exercise come
from the judge with the order to fork.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.verdicts import Isolation, Layer

MB = 1 << 20

REQUIRED: Mapping[Isolation, frozenset[Layer]] = MappingProxyType(
    {
        # A control group is not asked for: ordinary users seldom have one. Neither is a user id
        # of the worker's own: without it all capabilities are gone, and no other process is in sight.
        Isolation.FULL: frozenset(Layer) - {Layer.CGROUP, Layer.UID},
        # What a container without privileges gives: no namespaces, and so no private root.
        Isolation.CONTAINER: frozenset({Layer.RLIMITS, Layer.NO_NEW_PRIVS, Layer.LANDLOCK, Layer.SECCOMP}),
        Isolation.PROCESS: frozenset(),
    }
)
"""The layers that each level of isolation needs."""

CLOSING = frozenset({Layer.PRIVATE_ROOT, Layer.UID, Layer.LANDLOCK})
"""Each of these alone can keep the course's files shut; a user id only those that others may not read."""

PROCESS_LAYERS = frozenset({Layer.RLIMITS, Layer.NO_NEW_PRIVS})
"""The layers that are on at the level `process`."""

MEANING: Mapping[Layer, str] = MappingProxyType(
    {
        Layer.CGROUP: "memory of child processes and shared memory is not counted together",
        Layer.PID: "student code can see other processes, and what it starts may outlive it",
        Layer.NETWORK: "student code can see the machine's network",
        Layer.IPC: "student code shares System V and POSIX queues with the machine",
        Layer.UTS: "student code can read the machine's name",
        Layer.PRIVATE_ROOT: "student code can see the names of the machine's files",
        Layer.RLIMITS: "processes, files and memory have no limit",
        Layer.UID: "student code runs as the user who runs the grader",
        Layer.CAPABILITIES: "student code keeps privileges of the user who runs the grader",
        Layer.NO_NEW_PRIVS: "student code can gain privileges from setuid programs",
        Layer.LANDLOCK: "nothing but file permissions guards the files that are in sight",
        Layer.SECCOMP: "student code can make any system call, to the network among others",
    }
)
"""What it means when a layer is missing, for a teaching assistant."""

REMEDY: Mapping[Layer, str] = MappingProxyType(
    {
        Layer.CGROUP: "run as root, or in a user slice with the controllers memory and pids delegated",
        Layer.PID: "allow user namespaces (sysctl user.max_user_namespaces, or the container's profile)",
        Layer.NETWORK: "allow user namespaces",
        Layer.IPC: "allow user namespaces",
        Layer.UTS: "allow user namespaces",
        Layer.PRIVATE_ROOT: "allow user namespaces, and do not mask /proc",
        Layer.RLIMITS: "use Linux",
        Layer.UID: "run as root",
        Layer.CAPABILITIES: "use Linux",
        Layer.NO_NEW_PRIVS: "use Linux 3.5 or newer",
        Layer.LANDLOCK: "use Linux 5.13 or newer with landlock in the kernel's list of security modules",
        Layer.SECCOMP: "use Linux on x86-64 or aarch64 with seccomp filters",
    }
)
"""What to do about a missing layer."""


@dataclass(frozen=True)
class Confinement:
    """What is asked of the wall.

    Attributes:
        wanted: The layers to put up, as far as the machine has them.
        required: The layers without which no student code may run.
        closed: Whether none may run either that can read the course's own files, whichever layer prevents it.
    """

    wanted: frozenset[Layer] = frozenset(Layer)
    required: frozenset[Layer] = frozenset()
    closed: bool = False

    @property
    def asks(self) -> bool:
        """Whether anything must hold before student code runs."""
        return self.closed or bool(self.required)

    @classmethod
    def demanded(cls, level: Isolation, accepted: Iterable[Layer] = ()) -> "Confinement":
        """What a level asks for; `accepted` layers may be missing.

        Who accepts that one layer is missing which keeps the course's files shut still has them shut by
        another. Only who accepts it of all of them, by name, has student code run that can read them.
        """
        missing = frozenset(accepted)
        if level is Isolation.PROCESS:
            return cls(PROCESS_LAYERS, REQUIRED[level] - missing)
        return cls(frozenset(Layer), REQUIRED[level] - missing, not missing >= CLOSING)


PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "SYSTEMROOT")
"""Variables that the zygote keeps: without them Python or the CUDA driver may not start."""

FIXED: Mapping[str, str] = MappingProxyType(
    {
        "LANG": "C.UTF-8",
        # One thread each: workers share the cores, and timings stay comparable.
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # Ask the driver's library whether there is a GPU, do not start CUDA: it does not survive a fork.
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        # torch.compile gives the function back as it is: no compiler runs, and what runs can be observed.
        "TORCH_COMPILE_DISABLE": "1",
        # Same numbers from the same cuBLAS call, so that a replay means something.
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
    }
)


@dataclass(frozen=True)
class Limit:
    """One resource limit of a process.

    Attributes:
        resource: As in `resource.RLIMIT_...`, lower case.
        amount: Bytes or a count.
        above_present: Whether `amount` comes on top of what the process uses when it is confined.
        reason: Why there is such a limit, and why this much.
    """

    resource: str
    amount: int
    reason: str
    above_present: bool = False


@dataclass(frozen=True)
class Policy:
    """What one worker gets.

    Attributes:
        scratch: An empty folder of its own: its home, its working directory.
        environment: All of its environment variables.
        limits: Its resource limits.
        memory_mb: Memory that it may have with all of its children, on top of what torch takes.
        processes: Processes and threads that it may have at once.
        scratch_mb: What fits into its scratch, shared memory included.
        uid: A user id of its own, which is its group's too; None to stay who the zygote is.
    """

    scratch: str
    environment: Mapping[str, str]
    limits: tuple[Limit, ...]
    memory_mb: int
    processes: int
    scratch_mb: int
    uid: int | None = None

    @property
    def owner(self) -> tuple[int, int]:
        """The user and group that it runs as."""
        return (os.getuid(), os.getgid()) if self.uid is None else (self.uid, self.uid)


def zygote_environment(present: Mapping[str, str]) -> dict[str, str]:
    """The environment of the zygote, out of the one that its starter has."""
    return {**{name: present[name] for name in PASSED_ON if name in present}, **FIXED}


def worker_policy(
    scratch: str,
    present: Mapping[str, str],
    *,
    memory_mb: int,
    file_mb: int,
    processes: int,
    open_files: int = 256,
    scratch_mb: int = 64,
    tasks: int | None = None,
    uid: int | None = None,
    device: str = "cpu",
) -> Policy:
    """The policy of one worker.

    Args:
        scratch: Its folder.
        present: The zygote's environment.
        memory_mb: How much it may allocate, on top of what torch takes. Not
            enforced for each process on CUDA: the driver maps address space by the gigabyte.
        file_mb: The largest file that it may write.
        processes: How many processes and threads it may have.
        open_files: How many descriptors a process of it may have.
        scratch_mb: What fits into its scratch.
        tasks: How many processes and threads its user may have in all while it
            runs, so that it has `processes`; None for no limit.
        uid: A user id of its own.
        device: Where its tensors will be.
    """
    limits = [
        # Not 0: a program that the machine pipes core files into is started at 0 all the same, and not at 1.
        Limit("core", 1, "A crash must not fill the disk with a core file."),
        Limit("nofile", open_files, "Enough for any exercise, too few to exhaust the machine."),
        Limit("fsize", file_mb * MB, "No file may grow without end."),
        Limit("memlock", 64 << 10, "What is locked in memory is taken from everybody else."),
        Limit("sigpending", 1024, "Where workers share a user, they share the room for signals that wait."),
        Limit("rtprio", 0, "Who runs the grader may be allowed to hold the processors; a worker is not."),
        Limit("nice", 0, "As for rtprio."),
        Limit("msgqueue", 0, "Queues outlive a worker that has no namespace of its own for them."),
    ]
    if not device.startswith("cuda"):
        reason = "Too much memory ends in a Python exception before it ends in swapping."
        limits.append(Limit("data", memory_mb * MB, reason, above_present=True))
    if tasks is not None:
        limits.append(Limit("nproc", tasks, "Processes that multiply must end somewhere."))
    home = {"HOME": scratch, "TMPDIR": scratch, "USER": "student", "LOGNAME": "student"}
    home["PATH"] = "/usr/bin:/bin"  # the zygote's names folders of whoever runs the grader
    caches = {"MPLBACKEND": "Agg", "MPLCONFIGDIR": scratch, "XDG_CACHE_HOME": scratch}
    environment = zygote_environment(present) | home | caches
    return Policy(scratch, environment, tuple(limits), memory_mb, processes, scratch_mb, uid)
